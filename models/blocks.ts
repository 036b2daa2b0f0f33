/**
 * Blocks that models are built of: operations with their weights.
 *
 * @module
 */
import type { ModelConfig } from "../families/families.ts";
import type { ActivationName, Backend, Floats } from "../ops/backend.ts";
import type { Parameters } from "./parameters.ts";

/** A model's weights on a backend. */
export interface BlockParts {
  /** Backend that runs the operations. */
  readonly backend: Backend;
  /** The weights, under the bare model's names. */
  readonly parameters: Parameters;
  /** The checkpoint's config. */
  readonly config: ModelConfig;
}

/**
 * A linear layer with the weights `name.weight` and `name.bias`.
 *
 * @param parts Backend and weights.
 * @param name The layer's name.
 * @param x `[batch, rows, inputs]`.
 * @param activation Applied to each value.
 * @returns `[batch, rows, outputs]`.
 */
export function linear(
  { backend, parameters }: BlockParts,
  name: string,
  x: Floats,
  activation?: ActivationName,
): Floats {
  const { weight, bias } = parameters.pair(name);
  return backend.linear(x, weight, bias, activation);
}

/**
 * Two linear layers, `up` and `down`, with the config's activation between them.
 *
 * @param parts Backend, weights, config.
 * @param names The layers' names.
 * @param x `[batch, rows, width]`.
 * @returns `[batch, rows, width]`.
 */
export function feedForward(
  { backend, parameters, config }: BlockParts,
  names: { readonly up: string; readonly down: string },
  x: Floats,
): Floats {
  const [up, down] = [parameters.pair(names.up), parameters.pair(names.down)];
  return backend.feedForward(x, up, config.hidden_act, down);
}

/**
 * A layer norm with the weights `name.weight` and `name.bias`.
 *
 * @param parts Backend, weights, config.
 * @param name The norm's name.
 * @param x `[batch, rows, width]`.
 * @param residual Added to x before the norm.
 * @returns `[batch, rows, width]`.
 */
export function layerNorm(
  { backend, parameters, config }: BlockParts,
  name: string,
  x: Floats,
  residual?: Floats,
): Floats {
  const { weight, bias } = parameters.pair(name);
  return backend.layerNorm(x, weight, bias, config.layer_norm_eps, residual);
}
