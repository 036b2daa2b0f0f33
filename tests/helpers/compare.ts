/** Comparisons of whole arrays that name the first place where they fail. */
import { AssertionError } from "@std/assert";
import type { Dense } from "./dense.ts";

/**
 * That each number lies within its bound of what is expected; NaN never does.
 *
 * @throws {AssertionError} If one does not, the sizes differ or there is nothing to compare.
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
 * That two arrays hold the same bits, so that 0 and −0 differ and NaN equals itself.
 *
 * @throws {AssertionError} If they do not or there is nothing to compare.
 */
export function assertSameBits(actual: Float32Array, expected: Float32Array): void {
  assertSize(actual, expected);
  for (let i = 0; i < actual.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    throw new AssertionError(`value ${i} is ${actual[i]}, wanted exactly ${expected[i]}`);
  }
}

/**
 * That no value is NaN or infinite.
 *
 * @throws {AssertionError} If one is or there is none.
 */
export function assertFinite(values: Float32Array): void {
  assertSize(values, values);
  const place = values.findIndex((value) => !Number.isFinite(value));
  if (place >= 0) throw new AssertionError(`value ${place} is ${values[place]}, wanted it finite`);
}

function assertSize(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  if (actual.length === expected.length && actual.length > 0) return;
  throw new AssertionError(`got ${actual.length} values, wanted ${expected.length}, at least one`);
}
