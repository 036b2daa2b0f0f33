/**
 * Sums of squares.
 *
 * @module
 */
import type { SumSquaresShape } from "../ops/sum_squares.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * The sum of squares of each part, in float64.
 *
 * @param operands x `[count]`.
 * @param shape Sizes.
 * @returns `[parts]`.
 *
 * @example
 * ```ts
 * import { sumSquares } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([3, 4, 1]);
 * assertEquals([...sumSquares({ x }, { count: 3, parts: 2 })], [25, 1]);
 * ```
 */
export function sumSquares(
  { x }: CpuOperands<"sumSquares">,
  { count, parts }: SumSquaresShape,
): Float32Array {
  const part = Math.ceil(count / parts);
  const result = new Float32Array(parts);
  for (let p = 0; p < parts; p++) {
    let sum = 0;
    for (let i = p * part; i < Math.min(count, (p + 1) * part); i++) sum += x[i] * x[i];
    result[p] = sum;
  }
  return result;
}
