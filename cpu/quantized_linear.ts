/**
 * Linear layer with weights of the dtype "q8".
 *
 * @module
 */
import type { LinearShape } from "../ops/linear.ts";
import { type QuantizedWeights, quantizeRow } from "./quantize.ts";

/**
 * `x·Wᵀ + bias` with rows of x and W quantized to integers, whose products are summed exactly:
 * `y[o] = Σ x̂·ŵ[o] · step(W, o)·step(x) + bias[o]`.
 *
 * @param x `[rows, inputs]`. A row with a NaN or an infinity gives NaN.
 * @param weight `[outputs, inputs]` as integers.
 * @param bias `[outputs]`, or undefined for none.
 * @param shape Sizes.
 * @returns `[rows, outputs]`.
 */
export function quantizedLinear(
  x: Float32Array,
  { values, steps }: QuantizedWeights,
  bias: Float32Array | undefined,
  { rows, inputs, outputs }: LinearShape,
): Float32Array {
  const result = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const quantized = quantizeRow(x.subarray(row * inputs, (row + 1) * inputs));
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += quantized.values[i] * values[o * inputs + i];
      result[row * outputs + o] = sum * steps[o] * quantized.step + (bias ? bias[o] : 0);
    }
  }
  return result;
}
