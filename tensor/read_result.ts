/**
 * Reading of results, in which NaN and infinities are errors.
 *
 * @module
 */
import type { Tensor } from "./tensor.ts";

/**
 * Reads what a backend computed, as {@linkcode Tensor.getData} does, and refuses what an overflow
 * leaves behind: it would look like a result to whatever compares or rounds it.
 *
 * @param tensor The result.
 * @returns Its values, row-major.
 * @throws {RangeError} If a value is NaN or infinite.
 */
export async function readResult(tensor: Tensor<"float32">): Promise<Float32Array> {
  const values = await tensor.getData();
  if (areFinite(values)) return values;
  const position = values.findIndex((value) => !Number.isFinite(value));
  throw new RangeError(
    `Cannot use ${values[position]} at position ${position} of a result of shape ` +
      `[${tensor.dims}]: an input or a value on the way to it was not a number or beyond the range ` +
      "of float32",
  );
}

/** Tells whether all values are finite; four sums at once, as each addition waits for the last. */
function areFinite(values: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const end = values.length & ~3;
  // Zero times infinity, or NaN, is NaN.
  for (let i = 0; i < end; i += 4) {
    a += values[i] * 0;
    b += values[i + 1] * 0;
    c += values[i + 2] * 0;
    d += values[i + 3] * 0;
  }
  for (let i = end; i < values.length; i++) a += values[i] * 0;
  return a + b + c + d === 0;
}
