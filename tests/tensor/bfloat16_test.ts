import { assert, assertEquals } from "@std/assert";
import { decodeBfloat16, encodeBfloat16 } from "../../tensor/bfloat16.ts";

const ALL_BITS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
const isNaNBits = (bits: number) => (bits & 0x7fff) > 0x7f80;

Deno.test("decodeBfloat16() returns known values", () => {
  const bits = new Uint16Array([0x0001, 0x8000, 0x3f80, 0x4049, 0x7f7f, 0xff80, 0x7fc0]);
  const known = [2 ** -133, -0, 1, 3.140625, 255 * 2 ** 120, -Infinity, NaN];
  decodeBfloat16(bits).forEach((value, i) => assert(Object.is(value, known[i]), `${value}`));
});

Deno.test("encodeBfloat16() restores every bit pattern", () => {
  const encoded = encodeBfloat16(decodeBfloat16(ALL_BITS));
  for (const bits of ALL_BITS) {
    assert(isNaNBits(bits) ? isNaNBits(encoded[bits]) : encoded[bits] === bits, `bits ${bits}`);
  }
});

Deno.test("encodeBfloat16() rounds to nearest, ties to even", () => {
  const words = new Uint32Array([0x3f807fff, 0x3f808000, 0x3f808001, 0x3f818000, 0x7f7fffff]);
  assertEquals(
    [...encodeBfloat16(new Float32Array(words.buffer))],
    [0x3f80, 0x3f80, 0x3f81, 0x3f82, 0x7f80],
  );
});

Deno.test("encodeBfloat16() keeps NaNs whose payload is in the lower half", () => {
  const [bits, negative] = encodeBfloat16(
    new Float32Array(new Uint32Array([0x7f800001, 0xffffffff]).buffer),
  );
  assert(isNaNBits(bits) && isNaNBits(negative));
});
