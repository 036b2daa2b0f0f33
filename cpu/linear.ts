/**
 * Linear layer.
 *
 * @module
 */
import type { LinearShape } from "../ops/linear.ts";
import { activation as activate } from "./activation.ts";
import { quantizedLinear } from "./quantized_linear.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `x·Wᵀ + bias`, then the activation, each value summed in float64; for integer weights see
 * {@linkcode quantizedLinear}.
 *
 * @param operands x `[rows, inputs]`, weight `[outputs, inputs]`, bias `[outputs]`.
 * @param shape Sizes and activation.
 * @returns `[rows, outputs]`.
 *
 * @example
 * ```ts
 * import { linear } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const operands = { x: new Float32Array([2, 3]), weight: new Float32Array([1, 0, 0, 1, 1, 1]) };
 * assertEquals([...linear(operands, { rows: 1, inputs: 2, outputs: 3 })], [2, 3, 5]);
 * ```
 */
export function linear(
  { x, weight, bias }: CpuOperands<"linear">,
  shape: LinearShape,
): Float32Array {
  const result = weight instanceof Float32Array
    ? floatLinear(x, weight, bias, shape)
    : quantizedLinear(x, weight, bias, shape);
  return shape.activation ? activate({ x: result }, { name: shape.activation }) : result;
}

function floatLinear(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  { rows, inputs, outputs }: LinearShape,
): Float32Array {
  const result = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias ? bias[o] : 0;
      for (let i = 0; i < inputs; i++) sum += x[row * inputs + i] * weight[o * inputs + i];
      result[row * outputs + o] = sum;
    }
  }
  return result;
}
