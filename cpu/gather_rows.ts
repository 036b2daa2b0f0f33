/**
 * Gathering rows of a tensor.
 *
 * @module
 */
import type { RowsShape } from "../ops/gather_rows.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Row `index[i]` of x as row `i`; −1 gives zeros.
 *
 * @param operands x `[batch, rows, width]`; index `[batch, picked]`, or `[1, picked]` for the same rows
 * in each sequence.
 * @param shape Sizes.
 * @returns `[batch, picked, width]`.
 *
 * @example
 * ```ts
 * import { gatherRows } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const operands = { x: new Float32Array([5, 6, 7]), index: new Int32Array([2, 0]) };
 * const shape = { batch: 1, rows: 3, picked: 2, width: 1, indices: 2 };
 * assertEquals([...gatherRows(operands, shape)], [7, 5]);
 * ```
 */
export function gatherRows(
  { x, index }: CpuOperands<"gatherRows">,
  { batch, rows, picked, width, indices }: RowsShape,
): Float32Array {
  const result = new Float32Array(batch * picked * width);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < picked; i++) {
      const row = index[(b * picked + i) % indices];
      if (row === -1) continue;
      const from = (b * rows + row) * width;
      result.set(x.subarray(from, from + width), (b * picked + i) * width);
    }
  }
  return result;
}
