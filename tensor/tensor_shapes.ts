/**
 * Dimensions that a tensor's methods are given, checked and counted from the end where negative.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";

/**
 * Asserts that lengths of dimensions are whole numbers.
 *
 * @param dims The lengths.
 * @throws {TypeError} If they are not an array.
 * @throws {RangeError} If one is not a whole number ≥ 0.
 */
export function assertDims(dims: readonly number[]): void {
  if (!Array.isArray(dims)) {
    throw new TypeError(`Cannot make a tensor with dims ${showValue(dims)}: wanted an array`);
  }
  if (!dims.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new RangeError(`Cannot make a tensor of shape [${dims}]: wanted whole numbers ≥ 0`);
  }
}

/**
 * Resolves an index that may count from the end.
 *
 * @param index The index; −1 is the last.
 * @param length Number of items.
 * @param what What the index is, in messages.
 * @returns The index from the beginning.
 * @throws {RangeError} If there is no such item.
 */
export function resolveIndex(index: number, length: number, what: string): number {
  if (!Number.isInteger(index) || index < -length || index >= length) {
    throw new RangeError(
      `Cannot use ${showValue(index)} as ${what}: wanted a whole number from ${-length} to ${
        length - 1
      }`,
    );
  }
  return index < 0 ? index + length : index;
}

/**
 * Resolves the number of a dimension.
 *
 * @param dim The dimension; −1 is the last.
 * @param dims The tensor's dimensions.
 * @param more How many dimensions more may be named.
 * @returns The dimension from the beginning.
 * @throws {RangeError} If there is no such dimension.
 */
export function resolveDim(dim: number, dims: readonly number[], more = 0): number {
  return resolveIndex(dim, dims.length + more, `dimension of a tensor of shape [${dims}]`);
}

/** The number of values of a shape. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((size, n) => size * n, 1);
}

/** How far the values of neighbours along each dimension lie apart. */
export function stridesOf(dims: readonly number[]): number[] {
  return dims.map((_, i) => sizeOf(dims.slice(i + 1)));
}

/** Computes the dimension given as −1 from the others; the tensor checks what comes out. */
export function inferDims(dims: readonly number[], size: number): number[] {
  const at = dims.indexOf(-1);
  return at < 0 ? [...dims] : dims.with(at, size / -sizeOf(dims));
}

/** Leaves out dimensions of length 1: all, or those that are named. */
export function squeezeDims(
  dims: readonly number[],
  named?: number | readonly number[] | null,
): number[] {
  const chosen = named == null ? undefined : [named].flat().map((dim) => resolveDim(dim, dims));
  return dims.filter((n, i) => n !== 1 || (chosen !== undefined && !chosen.includes(i)));
}

/** Joins the dimensions from the first to the last one named. */
export function flattenDims(dims: readonly number[], start: number, end: number): number[] {
  if (dims.length === 0) return [1];
  const [first, last] = [resolveDim(start, dims), resolveDim(end, dims)];
  if (first > last) {
    throw new RangeError(`Cannot flatten [${dims}] from dimension ${start} to ${end}`);
  }
  return dims.toSpliced(first, last + 1 - first, sizeOf(dims.slice(first, last + 1)));
}
