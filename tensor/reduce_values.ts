/**
 * Sums and norms along a dimension.
 *
 * @module
 */
import { resolveDim, sizeOf } from "./tensor_shapes.ts";

/**
 * Splits dimensions at one of them.
 *
 * @param dims The tensor's dimensions.
 * @param dim One of them; null for all values as one dimension.
 * @returns The number of values before, along and after the dimension.
 */
export function splitDims(dims: readonly number[], dim: number | null): [number, number, number] {
  if (dim === null) return [1, sizeOf(dims), 1];
  const at = resolveDim(dim, dims);
  return [sizeOf(dims.slice(0, at)), dims[at], sizeOf(dims.slice(at + 1))];
}

/**
 * Combines the values along a dimension, in the numbers of JavaScript: 64-bit floats or bigints.
 *
 * @param data The values, row-major.
 * @param split What {@linkcode splitDims} returns.
 * @param start What the first value is combined with.
 * @param combine Combines what was found so far with the next value, whose position it is told.
 * @returns Results, `[before, after]`.
 */
export function reduceValues<Value>(
  data: ArrayLike<Value>,
  [before, length, after]: readonly [number, number, number],
  start: Value,
  combine: (found: Value, value: Value, at: number) => Value,
): Value[] {
  return Array.from({ length: before * after }, (_, result) => {
    let at = Math.floor(result / after) * length * after + result % after;
    let found = start;
    for (let i = 0; i < length; i++, at += after) found = combine(found, data[at], at);
    return found;
  });
}
