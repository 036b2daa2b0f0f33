/**
 * Sums over rows.
 *
 * @module
 */
import type { SumRowsShape } from "../ops/sum_rows.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `Σ x∘y` over the rows, in float64; without y the sum of x.
 *
 * @param operands x and y `[rows, width]`.
 * @param shape Sizes.
 * @returns `[width]`.
 *
 * @example
 * ```ts
 * import { sumRows } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([1, 2, 10, 20]);
 * assertEquals([...sumRows({ x }, { rows: 2, width: 2 })], [11, 22]);
 * ```
 */
export function sumRows(
  { x, y }: CpuOperands<"sumRows">,
  { rows, width }: SumRowsShape,
): Float32Array {
  const result = new Float32Array(width);
  for (let i = 0; i < width; i++) {
    let sum = 0;
    for (let at = i; at < rows * width; at += width) sum += y ? x[at] * y[at] : x[at];
    result[i] = sum;
  }
  return result;
}
