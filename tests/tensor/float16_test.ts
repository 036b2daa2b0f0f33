import { assert, assertEquals } from "@std/assert";
import { decodeFloat16, encodeFloat16 } from "../../tensor/float16.ts";

const ALL_BITS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
const isNaNBits = (bits: number) => (bits & 0x7fff) > 0x7c00;

Deno.test("decodeFloat16() returns known values", () => {
  // [bits, value] from the definition of IEEE 754 binary16.
  const known = [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x83ff, -1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ];
  const values = decodeFloat16(Uint16Array.from(known, ([bits]) => bits));
  known.forEach(([, value], i) => assert(Object.is(values[i], value), `${values[i]} ${value}`));
});

Deno.test("encodeFloat16() restores every bit pattern", () => {
  const encoded = encodeFloat16(decodeFloat16(ALL_BITS));
  for (const bits of ALL_BITS) {
    assert(isNaNBits(bits) ? isNaNBits(encoded[bits]) : encoded[bits] === bits, `bits ${bits}`);
  }
});

Deno.test("encodeFloat16() rounds to nearest, ties to even", () => {
  const values = decodeFloat16(ALL_BITS).map(Number);
  // Between each two neighbours of one sign: the midpoint rounds to even, the others to nearest.
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [low, high] = [values[bits], values[bits + 1]];
    const middle = (low + high) / 2;
    const step = (high - low) / 64;
    const [below, tie, above] = encodeFloat16(
      new Float32Array([middle - step, middle, middle + step]),
    );
    assertEquals([below, tie, above], [bits, bits + (bits & 1), bits + 1]);
  }
});

Deno.test("encodeFloat16() rounds values that are too large to infinity, too small ones to zero", () => {
  const values = new Float32Array([65519.996, 65520, -70000, 3e38, 2 ** -25, -(2 ** -26), 1e-45]);
  assertEquals(
    [...encodeFloat16(values)],
    [0x7bff, 0x7c00, 0xfc00, 0x7c00, 0x0000, 0x8000, 0x0000],
  );
});
