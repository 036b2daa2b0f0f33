/**
 * Values that are too large, or no numbers.
 *
 * @module
 */

/**
 * Finds the first value that is larger than allowed by magnitude, or NaN. A loop, for `findIndex()`
 * takes more than ten times as long.
 *
 * @param values The values.
 * @param largest The largest magnitude that is allowed.
 * @returns Its place, or −1 if there is none.
 *
 * @example
 * ```ts
 * import { findBeyond } from "./find_beyond.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findBeyond(new Float32Array([1, -70000, NaN]), 65504), 1);
 * ```
 */
export function findBeyond(values: Float32Array, largest: number): number {
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs(values[i]) <= largest)) return i;
  }
  return -1;
}
