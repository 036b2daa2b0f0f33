/**
 * Concatenation of rows.
 *
 * @module
 */
import type { ConcatShape } from "../ops/concat_rows.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * In each sequence the rows of x, then those of y. LSG puts global tokens before the text this way.
 *
 * @param operands x `[batch, xRows, width]`, or `[1, xRows, width]` if all sequences share it; y
 * `[batch, yRows, width]`.
 * @param shape Sizes.
 * @returns `[batch, xRows + yRows, width]`.
 *
 * @example
 * ```ts
 * import { concatRows } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const operands = { x: new Float32Array([9]), y: new Float32Array([1, 2]) };
 * const shape = { batch: 2, xRows: 1, yRows: 1, width: 1, isShared: true };
 * assertEquals([...concatRows(operands, shape)], [9, 1, 9, 2]);
 * ```
 */
export function concatRows(
  { x, y }: CpuOperands<"concatRows">,
  { batch, xRows, yRows, width, isShared }: ConcatShape,
): Float32Array {
  const xSize = xRows * width;
  const ySize = yRows * width;
  const result = new Float32Array(batch * (xSize + ySize));
  for (let b = 0; b < batch; b++) {
    const from = isShared ? 0 : b * xSize;
    result.set(x.subarray(from, from + xSize), b * (xSize + ySize));
    result.set(y.subarray(b * ySize, (b + 1) * ySize), b * (xSize + ySize) + xSize);
  }
  return result;
}
