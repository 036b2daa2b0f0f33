/**
 * Feed-forward layers.
 *
 * @module
 */
import type { ActivationName } from "../ops/backend.ts";
import type { FeedForwardShape } from "../cpu/feed_forward.ts";
import { activationNumber } from "./activation.ts";
import type { Command } from "./machine/commands.ts";
import type { Packed } from "./machine/weight.ts";

/** Where the weights of a linear layer are. */
export interface DenseAddresses {
  /** The packed weights. */
  readonly weight: Packed;
  /** `[outputs]`, or 0. */
  readonly bias: number;
}

/**
 * Two linear layers with an activation between; see cpu/feed_forward.ts.
 *
 * @param x Address of `[rows, inputs]`.
 * @param up The layer from `inputs` to `inner`.
 * @param activation What is applied to each inner value.
 * @param down The layer from `inner` to `outputs`, its weights in the same form.
 * @param y Address of `[rows, outputs]`.
 * @param shape Sizes.
 * @returns The operation.
 * @throws {RangeError} If a sum has no terms, or there is no such activation.
 */
export function feedForward(
  x: number,
  up: DenseAddresses,
  activation: ActivationName,
  down: DenseAddresses,
  y: number,
  shape: FeedForwardShape,
): Command {
  const { rows, inputs, inner, outputs } = shape;
  if (inputs === 0 || inner === 0) {
    throw new RangeError(
      `feedForward: x has ${inputs} columns, ${inner} within, wanted 1 or more on wasm`,
    );
  }
  const sizes = [rows, inputs, inner, outputs, activationNumber(activation), up.weight.size];
  const words = [x, up.weight.address, up.bias, down.weight.address, down.bias, y, ...sizes];
  return { operation: "feedForward", words };
}
