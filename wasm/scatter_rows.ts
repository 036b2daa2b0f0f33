/**
 * Rows put into a tensor.
 *
 * @module
 */
import type { RowsShape } from "../cpu/gather_rows.ts";
import type { Command } from "./machine/commands.ts";

/**
 * A copy of x with row `i` of y in row `index[i]`; −1 leaves a row out; see cpu/scatter_rows.ts.
 *
 * @param x Address of `[batch, rows, width]`.
 * @param index Address of `[batch, picked]`.
 * @param y Address of `[batch, picked, width]`.
 * @param result Address of `[batch, rows, width]`.
 * @param shape Sizes.
 * @returns The operation.
 */
export function scatterRows(
  x: number,
  index: number,
  y: number,
  result: number,
  shape: RowsShape,
): Command {
  const { batch, rows, picked, width } = shape;
  const words = [x, index, y, result, batch, rows, picked, width * 4];
  return { operation: "scatterRows", words };
}
