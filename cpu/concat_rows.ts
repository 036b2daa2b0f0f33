/**
 * Rows after rows.
 *
 * @module
 */
import { checkLength } from "../ops/checks.ts";

/** The shape of a concatenation. */
export interface ConcatShape {
  /** Sequences. */
  readonly batch: number;
  /** Rows of x in each sequence. */
  readonly xRows: number;
  /** Rows of y in each sequence. */
  readonly yRows: number;
  /** Width of a row. */
  readonly width: number;
}

/**
 * In each sequence the rows of x, then those of y: how global tokens come before the text.
 *
 * @param x `[batch, xRows, width]`, or `[1, xRows, width]` for the same rows in each sequence.
 * @param y `[batch, yRows, width]`.
 * @param shape Sizes.
 * @returns `[batch, xRows + yRows, width]`.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example
 * ```ts
 * import { concatRows } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const shape = { batch: 2, xRows: 1, yRows: 1, width: 1 };
 * assertEquals([...concatRows(new Float32Array([9]), new Float32Array([1, 2]), shape)], [9, 1, 9, 2]);
 * ```
 */
export function concatRows(x: Float32Array, y: Float32Array, shape: ConcatShape): Float32Array {
  const { batch, xRows, yRows, width } = shape;
  const xSize = xRows * width;
  const ySize = yRows * width;
  const shared = x.length === xSize;
  checkLength("concatRows", "x", x, [shared ? 1 : batch, xRows, width]);
  checkLength("concatRows", "y", y, [batch, yRows, width]);
  const result = new Float32Array(batch * (xSize + ySize));
  for (let b = 0; b < batch; b++) {
    const from = shared ? 0 : b * xSize;
    result.set(x.subarray(from, from + xSize), b * (xSize + ySize));
    result.set(y.subarray(b * ySize, (b + 1) * ySize), b * (xSize + ySize) + xSize);
  }
  return result;
}
