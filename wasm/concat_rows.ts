/**
 * Rows after rows.
 *
 * @module
 */
import type { ConcatShape } from "../cpu/concat_rows.ts";
import type { Command } from "./machine/commands.ts";

/**
 * In each sequence the rows of x, then those of y; see cpu/concat_rows.ts.
 *
 * @param x Address of `[batch, xRows, width]`, or `[1, xRows, width]` if shared.
 * @param y Address of `[batch, yRows, width]`.
 * @param result Address of `[batch, xRows + yRows, width]`.
 * @param shape Sizes.
 * @param shared Whether all sequences have the same x.
 * @returns The operation.
 */
export function concatRows(
  x: number,
  y: number,
  result: number,
  shape: ConcatShape,
  shared: boolean,
): Command {
  const { batch, xRows, yRows, width } = shape;
  const words = [x, y, result, batch, xRows * width * 4, yRows * width * 4, shared ? 1 : 0];
  return { operation: "concatRows", words };
}
