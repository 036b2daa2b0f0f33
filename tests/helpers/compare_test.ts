import { AssertionError, assertThrows } from "@std/assert";
import { assertFinite, assertSameBits, assertWithin } from "./compare.ts";

const floats = (...values: number[]) => new Float32Array(values);
const dense = (output: number[], bound: number[]) => ({
  output: new Float64Array(output),
  bound: new Float64Array(bound),
});

function assertFails(call: () => void, message: string): void {
  assertThrows(call, AssertionError, message);
}

Deno.test("assertWithin() fails on a wrong value, NaN, another size and no values", () => {
  const expected = dense([1, 2], [0, 0.5]);
  assertWithin(floats(1, 2.5), expected);
  assertFails(
    () => assertWithin(floats(1, 2.75), expected),
    "value 1 is 2.75, wanted 2 within 0.5",
  );
  assertFails(() => assertWithin(floats(1.0000001, 2), expected), "value 0");
  assertFails(() => assertWithin(floats(1, NaN), expected), "value 1 is NaN");
  assertFails(() => assertWithin(floats(1), expected), "got 1 values, wanted 2");
  assertFails(() => assertWithin(floats(), dense([], [])), "at least one");
  assertFails(() => assertWithin(floats(1), dense([NaN], [1])), "wanted NaN");
  assertFails(() => assertWithin(floats(1), dense([1], [NaN])), "within NaN");
});

Deno.test("assertSameBits() fails on a difference in the last bit or the sign of 0", () => {
  assertSameBits(floats(1, NaN, -0), floats(1, NaN, -0));
  assertFails(() => assertSameBits(floats(1, 1), floats(1, 1 + 2 ** -23)), "value 1 is 1");
  assertFails(() => assertSameBits(floats(0), floats(-0)), "value 0");
  assertFails(() => assertSameBits(floats(0), floats(NaN)), "value 0");
  assertFails(() => assertSameBits(floats(1, 2), floats(1)), "got 2 values, wanted 1");
  assertFails(() => assertSameBits(floats(), floats()), "at least one");
});

Deno.test("assertFinite() fails on NaN and infinities", () => {
  assertFinite(floats(0, -1e38));
  assertFails(() => assertFinite(floats(0, NaN)), "value 1 is NaN");
  assertFails(() => assertFinite(floats(-Infinity)), "value 0 is -Infinity");
  assertFails(() => assertFinite(floats()), "at least one");
});
