/**
 * Linear layer with weights of the dtype "q8".
 *
 * @module
 */
import type { LinearShape } from "../ops/linear.ts";
import { QUANTIZED_BLOCK, quantizedLayout } from "../tensor/quantized_layout.ts";
import { type QuantizedWeights, quantizeRow } from "./quantize.ts";

const { fround } = Math;

/**
 * `x·Wᵀ + bias` with rows of x and W quantized to integers (cpu/quantize.ts): block by block, the
 * sum of their products, which is exact, times the step of the weights, times the step of the row,
 * is added to the bias, each rounded to float32.
 *
 * @param x `[rows, inputs]`. A row with a NaN or an infinity gives NaN.
 * @param weights `[outputs, inputs]` as integers.
 * @param bias `[outputs]`, or undefined for none.
 * @param shape Sizes.
 * @returns `[rows, outputs]`: the same bits on every backend.
 *
 * @example
 * ```ts
 * import { quantizedLinear, quantizeWeights } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const weights = quantizeWeights(Float32Array.of(-254, 100, 0, 127), 2, 2); // exact
 * const shape = { rows: 1, inputs: 2, outputs: 2 };
 * const y = quantizedLinear(Float32Array.of(127, 0), weights, Float32Array.of(1, 2), shape);
 * assertEquals([...y], [-254 * 127 + 1, 2]);
 * ```
 */
export function quantizedLinear(
  x: Float32Array,
  { values, steps }: QuantizedWeights,
  bias: Float32Array | undefined,
  { rows, inputs, outputs }: LinearShape,
): Float32Array {
  const { padded, blocks } = quantizedLayout(inputs);
  const result = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const quantized = quantizeRow(x.subarray(row * inputs, (row + 1) * inputs));
    for (let o = 0; o < outputs; o++) {
      let y = bias ? bias[o] : 0;
      for (let block = 0; block < blocks; block++) {
        const end = Math.min((block + 1) * QUANTIZED_BLOCK, padded);
        let sum = 0;
        for (let i = block * QUANTIZED_BLOCK; i < end; i++) {
          sum += quantized.values[i] * values[o * padded + i];
        }
        const scaled = fround(fround(sum * steps[o * blocks + block]) * quantized.steps[block]);
        y = fround(y + scaled);
      }
      result[row * outputs + o] = y;
    }
  }
  return result;
}
