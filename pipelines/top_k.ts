/**
 * Indices of the largest values.
 *
 * @module
 */

/**
 * Finds the largest values; of equal values, the one with the lower index comes first.
 *
 * @param values Values to compare.
 * @param count Most indices to return.
 * @param among Indices to consider; absent: all.
 * @returns Indices of the values, largest first.
 */
export function largest(
  values: ArrayLike<number>,
  count: number,
  among?: readonly number[],
): number[] {
  const candidates = among ? [...among] : Array.from(values, (_, i) => i);
  return candidates.sort((a, b) => values[b] - values[a] || a - b).slice(0, count);
}
