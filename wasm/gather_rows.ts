/**
 * Rows picked from a tensor.
 *
 * @module
 */
import type { RowsShape } from "../cpu/gather_rows.ts";
import type { Command } from "./machine/commands.ts";

/**
 * Row `index[i]` of x as row `i`; −1 gives zeros; see cpu/gather_rows.ts.
 *
 * @param x Address of `[batch, rows, width]`.
 * @param index Address of the indices.
 * @param y Address of `[batch, picked, width]`.
 * @param shape Sizes.
 * @param indices How many indices; with only `picked` all sequences share them.
 * @returns The operation.
 */
export function gatherRows(
  x: number,
  index: number,
  y: number,
  shape: RowsShape,
  indices: number,
): Command {
  const { batch, rows, picked, width } = shape;
  const words = [x, index, y, batch, rows, picked, width * 4, indices];
  return { operation: "gatherRows", words };
}
