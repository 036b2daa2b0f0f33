/**
 * Scattering rows into a copy of a tensor.
 *
 * @module
 */
import type { RowsShape } from "../ops/gather_rows.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * A copy of x with row `i` of y in row `index[i]`; rows of y with index −1 are skipped.
 *
 * @param operands x `[batch, rows, width]`; index `[batch, picked]`, of which the last counts
 * where several are the same; y `[batch, picked, width]`.
 * @param shape Sizes.
 * @returns `[batch, rows, width]`.
 *
 * @example
 * ```ts
 * import { scatterRows } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([1, 2, 3]);
 * const operands = { x, index: new Int32Array([1]), y: new Float32Array([9]) };
 * const shape = { batch: 1, rows: 3, picked: 1, width: 1 };
 * assertEquals([...scatterRows(operands, shape)], [1, 9, 3]);
 * ```
 */
export function scatterRows(
  { x, index, y }: CpuOperands<"scatterRows">,
  { batch, rows, picked, width }: Omit<RowsShape, "indices">,
): Float32Array {
  const result = x.slice();
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < picked; i++) {
      const row = index[b * picked + i];
      if (row === -1) continue;
      const from = (b * picked + i) * width;
      result.set(y.subarray(from, from + width), (b * rows + row) * width);
    }
  }
  return result;
}
