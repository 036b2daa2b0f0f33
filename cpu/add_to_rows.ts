/**
 * Sums of rows that belong together.
 *
 * @module
 */
import type { AddToRowsShape } from "../ops/add_to_rows.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Row `r` is `scale·Σ y[order[i]]` over `starts[r] ≤ i < starts[r + 1]`, summed in float64, and added
 * to that of `sum`, if there is one.
 *
 * @param operands y `[m, width]`; order `[k]`; starts `[rows + 1]`; sum `[rows, width]`.
 * @param shape Sizes and scale.
 * @returns `[rows, width]`.
 *
 * @example Rows 0 and 2 belong to row 1
 * ```ts
 * import { addToRows } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const y = new Float32Array([1, 10, 100]);
 * const operands = { y, order: new Int32Array([0, 2]), starts: new Int32Array([0, 0, 2]) };
 * assertEquals([...addToRows(operands, { rows: 2, width: 1, scale: 1 })], [0, 101]);
 * ```
 */
export function addToRows(
  { y, order, starts, sum: result }: CpuOperands<"addToRows">,
  { rows, width, scale }: AddToRowsShape,
): Float32Array {
  result ??= new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let d = 0; d < width; d++) {
      let sum = 0;
      for (let i = starts[row]; i < starts[row + 1]; i++) sum += y[order[i] * width + d];
      result[row * width + d] += scale * sum;
    }
  }
  return result;
}
