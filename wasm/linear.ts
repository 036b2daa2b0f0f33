/**
 * Linear layer.
 *
 * @module
 */
import type { ActivationName } from "../ops/backend.ts";
import type { LinearShape } from "../cpu/linear.ts";
import { activationNumber } from "./activation.ts";
import type { Command } from "./machine/commands.ts";
import type { Packed } from "./machine/weight.ts";

/**
 * `x·Wᵀ + bias`, then the activation; see cpu/linear.ts.
 *
 * @param x Address of `[rows, inputs]`.
 * @param weight The packed weights.
 * @param bias Address of `[outputs]`, or 0.
 * @param y Address of `[rows, outputs]`.
 * @param shape Sizes.
 * @param activation What is applied to each value.
 * @returns The operation.
 * @throws {RangeError} If there are no inputs, or there is no such activation.
 */
export function linear(
  x: number,
  weight: Packed,
  bias: number,
  y: number,
  shape: LinearShape,
  activation?: ActivationName,
): Command {
  const { rows, inputs, outputs } = shape;
  if (inputs === 0) throw new RangeError("linear: x has no columns, wanted 1 or more on wasm");
  const sizes = [rows, inputs, outputs, activationNumber(activation), weight.size];
  return { operation: "linear", words: [x, weight.address, bias, y, ...sizes] };
}

/**
 * Bytes of packed weights: outputs in groups of 8, the last one filled up.
 *
 * @param outputs Rows of the weights.
 * @param inputs Columns of the weights.
 * @returns How many bytes.
 */
export function packedBytes(outputs: number, inputs: number): number {
  return Math.ceil(outputs / 8) * 8 * inputs * 4;
}
