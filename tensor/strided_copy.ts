/**
 * Values of a part of a tensor, or of a tensor whose dimensions change places.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import type { TensorArray } from "./convert_values.ts";
import { resolveDim, resolveIndex, sizeOf, stridesOf } from "./tensor_shapes.ts";

/** What is selected of a dimension: one index; `[start, end)`; or, as null, everything. */
export type SliceRange = number | readonly [start: number | null, end: number | null] | null;

/**
 * Copies values that lie at even distances.
 *
 * @param data The values.
 * @param dims Length of each dimension of the copy.
 * @param strides How far neighbours along each dimension lie apart in `data`.
 * @param start Where the first value lies.
 * @returns The copy, row-major.
 */
function copyStrided<Data extends TensorArray>(
  data: Data,
  dims: readonly number[],
  strides: readonly number[],
  start: number,
): Data {
  const make = data.constructor as new (length: number) => Record<number, number | bigint>;
  const copy = new make(sizeOf(dims));
  let at = 0;
  const visit = (dimension: number, from: number): void => {
    if (dimension === dims.length) {
      copy[at++] = data[from];
      return;
    }
    const [length, stride] = [dims[dimension], strides[dimension]];
    for (let i = 0; i < length; i++, from += stride) {
      if (dimension === dims.length - 1) copy[at++] = data[from];
      else visit(dimension + 1, from);
    }
  };
  visit(0, start);
  return copy as unknown as Data;
}

/**
 * Copies a part of a tensor.
 *
 * @param data The values, row-major.
 * @param dims The tensor's dimensions.
 * @param ranges What is selected of each dimension.
 * @returns The values, and the dimensions of which more than one index was asked for.
 * @throws {TypeError} If a range is neither a number, a pair nor null.
 * @throws {RangeError} If an index is outside, a range ends before it starts, or there are too many.
 */
export function sliceValues<Data extends TensorArray>(
  data: Data,
  dims: readonly number[],
  ranges: readonly (SliceRange | undefined)[],
): [Data, number[]] {
  if (ranges.length > dims.length) {
    throw new RangeError(`Cannot slice [${dims}] by ${ranges.length} ranges`);
  }
  const strides = stridesOf(dims);
  let start = 0;
  const lengths = dims.map((length, i) => {
    const [from, to] = resolveRange(ranges[i] ?? [null, null], length);
    start += from * strides[i];
    return to - from;
  });
  const kept = lengths.filter((_, i) => typeof ranges[i] !== "number");
  return [copyStrided(data, lengths, strides, start), kept];
}

function resolveRange(range: Exclude<SliceRange, null>, length: number): [number, number] {
  if (typeof range === "number") {
    const index = resolveIndex(range, length, `index into ${length} rows`);
    return [index, index + 1];
  }
  const isPair = Array.isArray(range) && range.length === 2;
  const [from, to] = isPair
    ? [range[0] ?? 0, range[1] ?? length]
      .map((end) => Math.min(Math.max(end < 0 ? end + length : end, 0), length))
    : [];
  if (from <= to && Number.isInteger(from + to)) return [from, to];
  throw new (isPair ? RangeError : TypeError)(
    `Cannot slice ${length} rows by ${showValue(range)}: wanted an index, [start, end] or null`,
  );
}

/**
 * Copies a tensor with its dimensions in another order.
 *
 * @param data The values, row-major.
 * @param dims The tensor's dimensions.
 * @param order For each new dimension, the old one that it was.
 * @returns The values and the new dimensions.
 * @throws {RangeError} If `order` does not name each dimension once.
 */
export function permuteValues<Data extends TensorArray>(
  data: Data,
  dims: readonly number[],
  order: readonly number[],
): [Data, number[]] {
  const resolved = order.map((dim) => resolveDim(dim, dims));
  if (new Set(resolved).size !== dims.length || order.length !== dims.length) {
    throw new RangeError(
      `Cannot permute [${dims}] by (${order.join(", ")}): wanted each dimension once`,
    );
  }
  const strides = stridesOf(dims);
  const lengths = resolved.map((dim) => dims[dim]);
  return [copyStrided(data, lengths, resolved.map((dim) => strides[dim]), 0), lengths];
}

/**
 * Copies a tensor several times along its dimensions.
 *
 * @param data The values, row-major.
 * @param dims The tensor's dimensions.
 * @param repeats How often along each dimension; if there are more, new ones come first.
 * @returns The values and the new dimensions.
 * @throws {RangeError} If a number is not a whole number ≥ 0, or there are too few.
 */
export function repeatValues<Data extends TensorArray>(
  data: Data,
  dims: readonly number[],
  repeats: readonly number[],
): [Data, number[]] {
  if (repeats.length < dims.length || !repeats.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new RangeError(
      `Cannot repeat [${dims}] by (${
        repeats.join(", ")
      }): wanted a whole number for each dimension`,
    );
  }
  const own = [...Array<number>(repeats.length - dims.length).fill(1), ...dims];
  const strides = stridesOf(own);
  const lengths = repeats.flatMap((n, i) => [n, own[i]]);
  // A step along a repetition comes back to the same value.
  const values = copyStrided(data, lengths, strides.flatMap((stride) => [0, stride]), 0);
  return [values, own.map((length, i) => length * repeats[i])];
}
