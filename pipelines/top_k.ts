/**
 * The best of many.
 *
 * @module
 */

/**
 * Indices of the largest values, largest first; of equal ones the lower index.
 *
 * @param values What is compared.
 * @param count How many are wanted; fewer if there are not as many.
 * @param among Indices that are considered; absent: all.
 * @returns The indices.
 *
 * @example
 * ```ts
 * import { largest } from "@lsg/core/pipelines";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(largest([1, 5, 3, 5], 3), [1, 3, 2]);
 * assertEquals(largest([1, 5, 3, 5], 3, [0, 2]), [2, 0]);
 * ```
 */
export function largest(
  values: ArrayLike<number>,
  count: number,
  among?: readonly number[],
): number[] {
  const candidates = among ? [...among] : Array.from(values, (_, i) => i);
  return candidates.sort((a, b) => values[b] - values[a] || a - b).slice(0, count);
}
