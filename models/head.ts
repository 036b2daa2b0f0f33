/**
 * What heads are made of: dense layers, and words' scores.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import type { HeadDescription, HeadLayer } from "../families/families.ts";
import { FAMILIES } from "../families/families.ts";
import { layerNorm, linear } from "./blocks.ts";
import type { ModelParts } from "./pretrained_model.ts";

/** What a head needs of a loaded model. */
export type HeadParts = Pick<ModelParts, "backend" | "parameters" | "config">;

/**
 * Runs a head on rows of hidden states.
 *
 * @param parts The loaded model.
 * @param head Its layers; which rows go in is up to the caller.
 * @param x `[batch, rows, hidden_size]`.
 * @returns `[batch, rows, outputs]`: the last layer's output, or `vocab_size` words' scores.
 */
export function runHead(
  parts: HeadParts,
  { layers, words }: Pick<HeadDescription, "layers" | "words">,
  x: Floats,
): Floats {
  const { backend, parameters, config } = parts;
  return backend.scope(() => {
    const rows = layers.reduce((input, layer) => runLayer(parts, layer, input), x);
    if (!words) return rows;
    const table = config.tie_word_embeddings
      ? FAMILIES[config.model_type].embeddings.word
      : `${words.decoder}.weight`;
    return backend.linear(rows, parameters.get(table), parameters.get(words.bias));
  });
}

function runLayer(
  { backend, parameters, config }: HeadParts,
  { name, activation, norm }: HeadLayer,
  x: Floats,
): Floats {
  const chosen = activation === "hidden_act" ? config.hidden_act : activation;
  const rows = linear(backend, parameters, name, x, chosen);
  return norm ? layerNorm(backend, parameters, norm, rows, config.layer_norm_eps) : rows;
}

/**
 * Runs a head on the first row of each sequence.
 *
 * @param parts The loaded model.
 * @param head Its layers.
 * @param x `[batch, tokens, hidden_size]`.
 * @returns `[batch, outputs]`.
 */
export function runHeadOnFirstRow(
  parts: HeadParts,
  head: Pick<HeadDescription, "layers">,
  x: Floats,
): Floats {
  const { backend } = parts;
  const output = backend.scope(() => {
    const first = backend.gatherRows(x, backend.integers(new Int32Array(1), [1, 1]));
    return runHead(parts, head, first);
  });
  return output.reshape([output.dims[0], output.dims[2]]);
}
