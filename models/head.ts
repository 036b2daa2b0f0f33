/**
 * Heads: dense layers, and words' scores.
 *
 * @module
 */
import type { HeadDescription, HeadLayer } from "../families/families.ts";
import type { Floats } from "../ops/backend.ts";
import { type BlockParts, linear, norm, runLinear } from "./blocks.ts";
import { dropBefore } from "./dropout.ts";

/**
 * Runs a head on the rows of hidden states that it reads.
 *
 * @param parts Backend, weights, config, family.
 * @param head Its rows and layers.
 * @param x `[batch, rows, hidden_size]`; of a head that reads one row `[batch, 1, …]`.
 * @returns `[batch, rows, outputs]`, the last layer's output or `vocab_size` words' scores; of a
 * head that reads one row `[batch, outputs]`.
 */
export function runHead(
  parts: BlockParts,
  { rows, layers, words }: Pick<HeadDescription, "rows" | "layers" | "words">,
  x: Floats,
): Floats {
  const { backend, parameters, config, family } = parts;
  const output = backend.scope(() => {
    const last = layers.reduce((input, layer) => runHeadLayer(parts, layer, input), x);
    if (!words) return last;
    const table = config.tie_word_embeddings ? family.embeddings.word : `${words.decoder}.weight`;
    const dense = { weight: parameters.get(table), bias: biasOf(parts, words) };
    return runLinear(parts, words.decoder, dense, last);
  });
  return rows === "all" ? output : output.reshape([output.dims[0], output.dims[2]]);
}

function biasOf(
  { parameters, config, family }: BlockParts,
  { decoder, bias, buffer }: NonNullable<HeadDescription["words"]>,
): Floats | undefined {
  if (bias !== undefined && family.hasBias(decoder, config)) return parameters.get(bias);
  if (buffer === undefined || !parameters.has(buffer)) return undefined;
  return parameters.get(buffer).reshape([config.vocab_size]);
}

function runHeadLayer(
  parts: BlockParts,
  layer: HeadLayer,
  x: Floats,
): Floats {
  const { name, activation, norm: normName } = layer;
  const chosen = activation === "hidden_act" || activation === "classifier_activation"
    ? parts.config[activation]
    : activation;
  const rows = linear(parts, name, dropBefore(parts, layer, x), chosen);
  return normName ? norm(parts, normName, rows) : rows;
}
