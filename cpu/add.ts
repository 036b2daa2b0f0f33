/**
 * Addition.
 *
 * @module
 */

/**
 * `x + y`, y repeated as often as it fits.
 *
 * @param x `[batch, rows, width]`.
 * @param y The same, or `[rows, width]` for every sequence.
 * @returns The shape of x.
 * @throws {RangeError} If x is no multiple of y.
 *
 * @example
 * ```ts
 * import { add } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...add(new Float32Array([1, 2, 3, 4]), new Float32Array([10, 20]))], [
 *   11,
 *   22,
 *   13,
 *   24,
 * ]);
 * ```
 */
export function add(x: Float32Array, y: Float32Array): Float32Array {
  if (x.length !== y.length && (y.length === 0 || x.length % y.length !== 0)) {
    throw new RangeError(`add: x has ${x.length} values, wanted a multiple of y's ${y.length}`);
  }
  return x.map((value, i) => value + y[i % y.length]);
}
