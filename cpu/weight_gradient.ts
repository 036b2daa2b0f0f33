/**
 * The gradient of a linear layer by its matrix.
 *
 * @module
 */
import type { WeightGradientShape } from "../ops/weight_gradient.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `dyᵀ·x`, each value summed over the rows in float64, and added to that of `sum`, if there is one.
 *
 * @param operands dy `[rows, outputs]`, x `[rows, inputs]`, sum `[outputs, inputs]`.
 * @param shape Sizes.
 * @returns `[outputs, inputs]`.
 *
 * @example
 * ```ts
 * import { weightGradient } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const operands = { dy: new Float32Array([1, 10]), x: new Float32Array([2, 3]) };
 * assertEquals([...weightGradient(operands, { rows: 2, inputs: 1, outputs: 1 })], [32]);
 * ```
 */
export function weightGradient(
  { dy, x, sum: result }: CpuOperands<"weightGradient">,
  { rows, inputs, outputs }: WeightGradientShape,
): Float32Array {
  result ??= new Float32Array(outputs * inputs);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      let sum = result[o * inputs + i];
      for (let row = 0; row < rows; row++) sum += dy[row * outputs + o] * x[row * inputs + i];
      result[o * inputs + i] = sum;
    }
  }
  return result;
}
