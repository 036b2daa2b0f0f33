/**
 * Similarity of two vectors.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";

/**
 * Computes the dot product `Σ aᵢ·bᵢ` in 64-bit arithmetic.
 *
 * @param a Numbers: an array, or a tensor's `data`.
 * @param b As many numbers.
 * @returns The product.
 * @throws {TypeError} If one of both is not an array of numbers.
 * @throws {RangeError} If their lengths differ, or the result is NaN or infinite.
 *
 * @example
 * ```ts
 * import { dot } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dot([1, 2], [3, 4]), 11);
 * ```
 */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (const array of [a, b]) {
    if (typeof array?.length !== "number") {
      throw new TypeError(
        `Cannot multiply ${showValue(array)}: wanted an array of numbers, such as a tensor's data`,
      );
    }
  }
  if (a.length !== b.length) {
    throw new RangeError(
      `Cannot multiply ${a.length} by ${b.length} numbers: wanted vectors of one length`,
    );
  }
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  if (Number.isFinite(sum)) return sum;
  throw new RangeError(`Cannot use a product of vectors that is ${sum}: wanted finite numbers`);
}

/**
 * Computes the cosine of the angle between two vectors, `a·b / (|a|·|b|)`; 0 if one is all zeros.
 *
 * @param a Numbers: an array, or a tensor's `data`.
 * @param b As many numbers.
 * @returns A number from −1 to 1, give or take rounding.
 * @throws {TypeError} If one of both is not an array of numbers.
 * @throws {RangeError} If their lengths differ, or a product of both is NaN or infinite.
 *
 * @example
 * ```ts
 * import { cos_sim } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cos_sim([1, 0], [3, 4]), 0.6);
 * ```
 */
export function cos_sim(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return dot(a, b) / (Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b)) || 1);
}
