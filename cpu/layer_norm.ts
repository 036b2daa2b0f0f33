/**
 * Layer normalisation.
 *
 * @module
 */
import { checkLength } from "../ops/checks.ts";

/**
 * Each row to mean 0 and (biased) variance 1, times weight, plus bias:
 * `(x − μ) / √(σ² + ε) · weight + bias`, of `x + residual` if there is a residual.
 *
 * @param x `[rows, width]`.
 * @param weight `[width]`.
 * @param bias `[width]`.
 * @param epsilon `ε`.
 * @param residual `[rows, width]`, or undefined for none.
 * @returns `[rows, width]`.
 * @throws {RangeError} If x is no whole number of rows or the residual has another size.
 *
 * @example
 * ```ts
 * import { layerNorm } from "@lsg/core/cpu";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const one = new Float32Array([1, 1]);
 * const [low, high] = layerNorm(new Float32Array([3, 5]), one, new Float32Array(2), 0);
 * assertAlmostEquals(low, -1);
 * assertAlmostEquals(high, 1);
 * ```
 */
export function layerNorm(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  epsilon: number,
  residual?: Float32Array,
): Float32Array {
  const width = weight.length;
  checkLength("layerNorm", "x", x, [Math.floor(x.length / width), width]);
  checkLength("layerNorm", "bias", bias, [width]);
  if (residual) checkLength("layerNorm", "residual", residual, [x.length / width, width]);
  const result = new Float32Array(x.length);
  const row = new Float64Array(width);
  for (let start = 0; start < x.length; start += width) {
    let mean = 0;
    for (let i = 0; i < width; i++) {
      row[i] = x[start + i] + (residual ? residual[start + i] : 0);
      mean += row[i] / width;
    }
    let variance = 0;
    for (let i = 0; i < width; i++) variance += (row[i] - mean) ** 2 / width;
    const scale = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < width; i++) {
      result[start + i] = (row[i] - mean) * scale * weight[i] + bias[i];
    }
  }
  return result;
}
