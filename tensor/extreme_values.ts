/**
 * The smallest and largest values along a dimension.
 *
 * @module
 */

/**
 * Finds the smallest or largest values along a dimension; of equal ones the first.
 *
 * @param data The values, row-major: numbers, or bigints, which pass as numbers.
 * @param split The number of values before, along and after the dimension.
 * @param isLargest Whether the largest are wanted.
 * @returns Positions in `data`, `[before, after]`.
 * @throws {RangeError} If the dimension is empty, or a value is NaN, which has no order.
 */
export function findExtremes(
  data: ArrayLike<number>,
  [before, length, after]: readonly [number, number, number],
  isLargest: boolean,
): number[] {
  if (length === 0) throw new RangeError("Cannot compare no values: wanted at least one");
  return Array.from({ length: before * after }, (_, result) => {
    let best = Math.floor(result / after) * length * after + result % after;
    for (let i = 0, at = best; i < length; i++, at += after) {
      if (data[at] !== data[at]) throw new RangeError("Cannot order values of which one is NaN");
      if (isLargest ? data[at] > data[best] : data[at] < data[best]) best = at;
    }
    return best;
  });
}
