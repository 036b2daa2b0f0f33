/**
 * The smallest and largest values along a dimension.
 *
 * @module
 */
import { reduceValues } from "./reduce_values.ts";

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
  split: readonly [number, number, number],
  isLargest: boolean,
): number[] {
  if (split[1] === 0) throw new RangeError("Cannot compare no values: wanted at least one");
  return reduceValues(data, split, -1, (best, value, at) => {
    if (value !== value) throw new RangeError("Cannot order values of which one is NaN");
    const isBetter = best < 0 || (isLargest ? value > data[best] : value < data[best]);
    return isBetter ? at : best;
  });
}
