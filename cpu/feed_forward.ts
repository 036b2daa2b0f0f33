/**
 * Feed-forward layers.
 *
 * @module
 */
import type { ActivationName } from "../ops/backend.ts";
import { type CpuWeight, linear } from "./linear.ts";

/** The shape of a feed-forward part. */
export interface FeedForwardShape {
  /** Rows of x: the product of all its dimensions but the last. */
  readonly rows: number;
  /** Width of a row of x. */
  readonly inputs: number;
  /** Width of a row between the layers. */
  readonly inner: number;
  /** Width of a row of the result. */
  readonly outputs: number;
}

/** Weights of a linear layer, as arrays. */
export interface CpuDense {
  /** `[outputs, inputs]`. */
  readonly weight: CpuWeight;
  /** `[outputs]`. */
  readonly bias?: Float32Array;
}

/**
 * Two linear layers with an activation between: `act(x·Uᵀ + u)·Dᵀ + d`.
 *
 * @param x `[rows, inputs]`.
 * @param up Weight `[inner, inputs]` and bias `[inner]`.
 * @param activation What is applied to each inner value.
 * @param down Weight `[outputs, inner]` and bias `[outputs]`.
 * @param shape Sizes.
 * @returns `[rows, outputs]`.
 * @throws {RangeError} If an array does not fit the shape.
 *
 * @example
 * ```ts
 * import { feedForward } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const up = { weight: new Float32Array([1, -1]) };
 * const down = { weight: new Float32Array([10, 1]) };
 * const shape = { rows: 2, inputs: 1, inner: 2, outputs: 1 };
 * assertEquals([...feedForward(new Float32Array([2, -3]), up, "relu", down, shape)], [20, 3]);
 * ```
 */
export function feedForward(
  x: Float32Array,
  up: CpuDense,
  activation: ActivationName,
  down: CpuDense,
  shape: FeedForwardShape,
): Float32Array {
  const { rows, inputs, inner, outputs } = shape;
  const between = linear(x, up.weight, up.bias, { rows, inputs, outputs: inner }, activation);
  return linear(between, down.weight, down.bias, { rows, inputs: inner, outputs });
}
