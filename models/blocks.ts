/**
 * Blocks that models are built of: rooms with their weights.
 *
 * @module
 */
import type { ActivationName, Backend, Floats } from "../ops/backend.ts";
import type { Parameters } from "./parameters.ts";

/**
 * A linear layer with the weights `name.weight` and `name.bias`.
 *
 * @param backend What computes.
 * @param parameters The model's weights.
 * @param name The layer's name.
 * @param x `[batch, rows, inputs]`.
 * @param activation What is applied to each value.
 * @returns `[batch, rows, outputs]`.
 */
export function linear(
  backend: Backend,
  parameters: Parameters,
  name: string,
  x: Floats,
  activation?: ActivationName,
): Floats {
  const weight = parameters.get(`${name}.weight`);
  return backend.linear(x, weight, parameters.get(`${name}.bias`), activation);
}

/**
 * Two linear layers, `up` and `down`, with an activation between.
 *
 * @param backend What computes.
 * @param parameters The model's weights.
 * @param names The layers' names.
 * @param x `[batch, rows, width]`.
 * @param activation What is applied to each inner value.
 * @returns `[batch, rows, width]`.
 */
export function feedForward(
  backend: Backend,
  parameters: Parameters,
  names: { readonly up: string; readonly down: string },
  x: Floats,
  activation: ActivationName,
): Floats {
  const [up, down] = [names.up, names.down].map((name) => ({
    weight: parameters.get(`${name}.weight`),
    bias: parameters.get(`${name}.bias`),
  }));
  return backend.feedForward(x, up, activation, down);
}

/**
 * A layer norm with the weights `name.weight` and `name.bias`.
 *
 * @param backend What computes.
 * @param parameters The model's weights.
 * @param name The norm's name.
 * @param x `[batch, rows, width]`.
 * @param epsilon Added to the variance.
 * @param residual Added to x before.
 * @returns `[batch, rows, width]`.
 */
export function layerNorm(
  backend: Backend,
  parameters: Parameters,
  name: string,
  x: Floats,
  epsilon: number,
  residual?: Floats,
): Floats {
  const weight = parameters.get(`${name}.weight`);
  return backend.layerNorm(x, weight, parameters.get(`${name}.bias`), epsilon, residual);
}
