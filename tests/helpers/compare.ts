/** Assertions about arrays; a failure names the first wrong index. */
import { AssertionError } from "@std/assert";
import type { Dense } from "./dense.ts";

/**
 * Asserts that each value is within its bound of the expected one; NaN never is.
 *
 * @throws {AssertionError} If a value is not, the sizes differ, or there is nothing to compare.
 */
export function assertWithin(actual: Float32Array, { output, bound }: Dense): void {
  assertSize(actual, output);
  for (let i = 0; i < actual.length; i++) {
    if (Math.abs(actual[i] - output[i]) <= bound[i]) continue;
    throw new AssertionError(
      `value ${i} is ${actual[i]}, wanted ${output[i]} within ${bound[i]}`,
    );
  }
}

/**
 * Asserts that two arrays are bitwise equal, so that 0 and −0 differ and NaN equals itself.
 *
 * @throws {AssertionError} If they are not, or there is nothing to compare.
 */
export function assertSameBits(actual: Float32Array, expected: Float32Array): void {
  assertSize(actual, expected);
  for (let i = 0; i < actual.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    throw new AssertionError(`value ${i} is ${actual[i]}, wanted exactly ${expected[i]}`);
  }
}

/**
 * Asserts that all values are finite.
 *
 * @throws {AssertionError} If one is not, or there are no values.
 */
export function assertFinite(values: Float32Array): void {
  assertSize(values, values);
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    throw new AssertionError(`value ${index} is ${values[index]}, wanted a finite number`);
  }
}

function assertSize(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  if (actual.length === expected.length && actual.length > 0) return;
  throw new AssertionError(`got ${actual.length} values, wanted ${expected.length}, at least one`);
}
