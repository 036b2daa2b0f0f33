/**
 * Rows put into a tensor.
 *
 * @module
 */
import { checkLength } from "../ops/checks.ts";
import { checkRow, type RowsShape } from "./gather_rows.ts";

/**
 * A copy of x with row `i` of y in row `index[i]`; −1 leaves a row of y out.
 *
 * @param x `[batch, rows, width]`.
 * @param index `[batch, picked]`; no row twice in a sequence.
 * @param y `[batch, picked, width]`.
 * @param shape Sizes.
 * @returns `[batch, rows, width]`.
 * @throws {RangeError} If an array does not fit the shape or there is no such row.
 *
 * @example
 * ```ts
 * import { scatterRows } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const shape = { batch: 1, rows: 3, picked: 1, width: 1 };
 * const x = new Float32Array([1, 2, 3]);
 * assertEquals([...scatterRows(x, new Int32Array([1]), new Float32Array([9]), shape)], [1, 9, 3]);
 * ```
 */
export function scatterRows(
  x: Float32Array,
  index: Int32Array,
  y: Float32Array,
  shape: RowsShape,
): Float32Array {
  const { batch, rows, picked, width } = shape;
  checkLength("scatterRows", "x", x, [batch, rows, width]);
  checkLength("scatterRows", "index", index, [batch, picked]);
  checkLength("scatterRows", "y", y, [batch, picked, width]);
  const result = x.slice();
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < picked; i++) {
      const row = index[b * picked + i];
      if (row === -1) continue;
      checkRow("scatterRows", row, rows);
      const from = (b * picked + i) * width;
      result.set(y.subarray(from, from + width), (b * rows + row) * width);
    }
  }
  return result;
}
