/**
 * The gradient of a linear layer by its inputs.
 *
 * @module
 */
import type { WeightGradientShape } from "../ops/weight_gradient.ts";
import { dequantizeWeights } from "./quantize.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `dy·W`, each value summed in float64; integer weights stand for the numbers that they are nearest
 * to.
 *
 * @param operands dy `[rows, outputs]`, weight `[outputs, inputs]`.
 * @param shape Sizes.
 * @returns `[rows, inputs]`.
 *
 * @example
 * ```ts
 * import { linearInputs } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const operands = { dy: new Float32Array([1, 10]), weight: new Float32Array([1, 2, 3, 4]) };
 * assertEquals([...linearInputs(operands, { rows: 1, inputs: 2, outputs: 2 })], [31, 42]);
 * ```
 */
export function linearInputs(
  { dy, weight }: CpuOperands<"linearInputs">,
  { rows, inputs, outputs }: WeightGradientShape,
): Float32Array {
  const matrix = "steps" in weight ? dequantizeWeights(weight) : weight;
  const result = new Float32Array(rows * inputs);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let o = 0; o < outputs; o++) sum += dy[row * outputs + o] * matrix[o * inputs + i];
      result[row * inputs + i] = sum;
    }
  }
  return result;
}
