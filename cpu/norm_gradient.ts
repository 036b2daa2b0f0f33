/**
 * The gradient of layer normalisation and of root mean square normalisation.
 *
 * @module
 */
import type { NormGradientShape } from "../ops/norm_gradient.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `dx = ρ·(g − mean(g) − x̂·mean(g·x̂))` with `g = weight·dy`, `x̂ = (x − μ)·ρ` and
 * `ρ = 1/√(σ² + ε)`; for `rms` the means of x and of g are 0, and `σ²` is the mean of squares.
 *
 * @param operands dy and x `[rows, width]`; weight `[width]`.
 * @param shape Width, `ε` and the norm.
 * @returns `[rows, width]`.
 *
 * @example A layer norm hides what all values have in common
 * ```ts
 * import { normGradient } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const operands = {
 *   dy: new Float32Array([5, 5]),
 *   x: new Float32Array([3, 7]),
 *   weight: new Float32Array([1, 1]),
 * };
 * assertEquals([...normGradient(operands, { width: 2, epsilon: 1, name: "layer" })], [0, 0]);
 * ```
 */
export function normGradient(
  { dy, x, weight }: CpuOperands<"normGradient">,
  { width, epsilon, name }: Omit<NormGradientShape, "rows">,
): Float32Array {
  const result = new Float32Array(x.length);
  const normed = new Float64Array(width);
  const isCentred = name === "layer";
  for (let start = 0; start < x.length; start += width) {
    let mean = 0;
    for (let i = 0; i < width; i++) {
      normed[i] = x[start + i];
      if (isCentred) mean += normed[i] / width;
    }
    let squares = 0;
    for (let i = 0; i < width; i++) squares += (normed[i] - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    let meanOf = 0;
    let along = 0;
    for (let i = 0; i < width; i++) {
      normed[i] = (normed[i] - mean) * scale;
      const g = weight[i] * dy[start + i];
      if (isCentred) meanOf += g / width;
      along += g * normed[i] / width;
    }
    for (let i = 0; i < width; i++) {
      result[start + i] = scale * (weight[i] * dy[start + i] - meanOf - normed[i] * along);
    }
  }
  return result;
}
