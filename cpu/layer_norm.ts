/**
 * Layer normalisation.
 *
 * @module
 */
import type { LayerNormShape } from "../ops/layer_norm.ts";
import { addResidual } from "./residual.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Normalises each row to mean 0 and (biased) variance 1, then multiplies by weight and adds bias:
 * `(x − μ) / √(σ² + ε) · weight + bias`, of `x + residual` if there is a residual.
 *
 * @param operands x and residual `[rows, width]`; weight and bias `[width]`.
 * @param shape Width and `ε`.
 * @returns `[rows, width]`.
 *
 * @example
 * ```ts
 * import { layerNorm } from "@lsg/core/cpu";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const x = new Float32Array([3, 5]);
 * const operands = { x, weight: new Float32Array([1, 1]), bias: new Float32Array(2) };
 * const [low, high] = layerNorm(operands, { width: 2, epsilon: 0 });
 * assertAlmostEquals(low, -1);
 * assertAlmostEquals(high, 1);
 * ```
 */
export function layerNorm(
  { x, weight, bias, residual }: CpuOperands<"layerNorm">,
  { width, epsilon }: Omit<LayerNormShape, "rows">,
): Float32Array {
  const result = new Float32Array(x.length);
  const row = new Float64Array(width);
  for (let start = 0; start < x.length; start += width) {
    addResidual(x, residual, start, row);
    const mean = row.reduce((sum, value) => sum + value / width, 0);
    let variance = 0;
    for (let i = 0; i < width; i++) variance += (row[i] - mean) ** 2 / width;
    const scale = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < width; i++) {
      result[start + i] = (row[i] - mean) * scale * weight[i] + bias[i];
    }
  }
  return result;
}
