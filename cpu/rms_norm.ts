/**
 * Root mean square normalisation.
 *
 * @module
 */
import type { RmsNormShape } from "../ops/rms_norm.ts";
import { addResidual } from "./residual.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Divides each row by the root of its mean square, then multiplies by weight:
 * `x / √(mean(x²) + ε) · weight`, of `x + residual` if there is a residual (Zhang and Sennrich, Root
 * Mean Square Layer Normalization, equation 4).
 *
 * @param operands x and residual `[rows, width]`; weight `[width]`.
 * @param shape Width and `ε`.
 * @returns `[rows, width]`.
 *
 * @example
 * ```ts
 * import { rmsNorm } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const operands = { x: new Float32Array([1, 7]), weight: new Float32Array([10, 10]) };
 * // The mean square is 25, its root 5.
 * assertEquals([...rmsNorm(operands, { width: 2, epsilon: 1e-30 })], [2, 14]);
 * ```
 */
export function rmsNorm(
  { x, weight, residual }: CpuOperands<"rmsNorm">,
  { width, epsilon }: Omit<RmsNormShape, "rows">,
): Float32Array {
  const result = new Float32Array(x.length);
  const row = new Float64Array(width);
  for (let start = 0; start < x.length; start += width) {
    addResidual(x, residual, start, row);
    const squares = row.reduce((sum, value) => sum + value ** 2, 0);
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    for (let i = 0; i < width; i++) result[start + i] = row[i] * scale * weight[i];
  }
  return result;
}
