/**
 * Rows written into a tensor in place.
 *
 * @module
 */
import type { RowsShape } from "../ops/gather_rows.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Writes row `i` of y into row `index[i]` of x; −1 leaves a row of y out.
 *
 * @param operands x `[batch, rows, width]`, which is changed; index `[batch, picked]` or `[1, picked]`;
 * y `[batch, picked, width]`.
 * @param shape Sizes.
 *
 * @example
 * ```ts
 * import { writeRows } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([1, 2, 3]);
 * const operands = { x, index: new Int32Array([1]), y: new Float32Array([9]) };
 * writeRows(operands, { batch: 1, rows: 3, picked: 1, width: 1, indices: 1 });
 * assertEquals([...x], [1, 9, 3]);
 * ```
 */
export function writeRows(
  { x, index, y }: CpuOperands<"writeRows">,
  { batch, rows, picked, width, indices }: RowsShape,
): void {
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < picked; i++) {
      const row = index[(b * picked + i) % indices];
      if (row === -1) continue;
      const from = (b * picked + i) * width;
      x.set(y.subarray(from, from + width), (b * rows + row) * width);
    }
  }
}
