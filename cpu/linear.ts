/**
 * Linear layer.
 *
 * @module
 */
import type { ActivationName } from "../ops/backend.ts";
import { activation as activate } from "./activation.ts";
import { checkLength } from "../ops/checks.ts";
import type { QuantizedWeights } from "./quantize.ts";
import { quantizedLinear } from "./quantized_linear.ts";

/** Weights of a linear layer, `[outputs, inputs]`: as they are, or as small integers. */
export type CpuWeight = Float32Array | QuantizedWeights;

/** The shape of a linear layer. */
export interface LinearShape {
  /** Rows of x: the product of all its dimensions but the last. */
  readonly rows: number;
  /** Width of a row of x. */
  readonly inputs: number;
  /** Width of a row of the result. */
  readonly outputs: number;
}

/**
 * `x·Wᵀ + bias`, then the activation, each value summed in float64; with integers as weights see
 * {@linkcode quantizedLinear}.
 *
 * @param x `[rows, inputs]`.
 * @param weight `[outputs, inputs]`.
 * @param bias `[outputs]`, or undefined for none.
 * @param shape Sizes.
 * @param activation What is applied to each value; nothing if absent.
 * @returns `[rows, outputs]`.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example
 * ```ts
 * import { linear } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const weight = new Float32Array([1, 0, 0, 1, 1, 1]);
 * const shape = { rows: 1, inputs: 2, outputs: 3 };
 * assertEquals([...linear(new Float32Array([2, 3]), weight, undefined, shape)], [2, 3, 5]);
 * ```
 */
export function linear(
  x: Float32Array,
  weight: CpuWeight,
  bias: Float32Array | undefined,
  shape: LinearShape,
  activation?: ActivationName,
): Float32Array {
  const result = weight instanceof Float32Array
    ? floatLinear(x, weight, bias, shape)
    : quantizedLinear(x, weight, bias, shape);
  return activation ? activate(result, activation) : result;
}

function floatLinear(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  { rows, inputs, outputs }: LinearShape,
): Float32Array {
  checkLength("linear", "x", x, [rows, inputs]);
  checkLength("linear", "weight", weight, [outputs, inputs]);
  if (bias) checkLength("linear", "bias", bias, [outputs]);
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
