/**
 * The embedding of all encoder families.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import { FAMILIES } from "../families/families.ts";
import { layerNorm, linear } from "./blocks.ts";
import type { TokenBatch } from "./inputs.ts";
import type { Parameters } from "./parameters.ts";
import { positionCount, positionsOf } from "./position_ids.ts";

/**
 * Word + position + token type, global tokens in front, layer norm, and where the embedding has a
 * width of its own a dense layer to `hidden_size`.
 *
 * @param backend What computes.
 * @param config The checkpoint's config.
 * @param parameters The model's weights.
 * @param batch Checked ids.
 * @returns `[batch, globals + tokens, hidden_size]`.
 * @throws {RangeError} If the batch is longer than the position table.
 */
export function embed(
  backend: Backend,
  config: ModelConfig,
  parameters: Parameters,
  { batch, tokens, ids, typeIds }: TokenBatch,
): Floats {
  const { embeddings: names, projection } = FAMILIES[config.model_type];
  const positions = positionsOf(config, ids, tokens);
  checkLength(config, positions);
  const lookup = (values: Int32Array, name: string) => ({
    ids: backend.integers(values, [batch, tokens]),
    table: parameters.get(name),
  });
  const x = backend.embed([
    lookup(ids, names.word),
    lookup(positions, names.position),
    ...(names.tokenType ? [lookup(typeIds, names.tokenType)] : []),
  ]);
  const all = config.lsg ? withGlobals(config.lsg.num_global_tokens) : x;
  const normed = layerNorm(backend, parameters, names.norm, all, config.layer_norm_eps);
  const projectionName = projection?.(config);
  return projectionName ? linear(backend, parameters, projectionName, normed) : normed;

  function withGlobals(count: number): Floats {
    const first = Int32Array.from({ length: count }, (_, i) => i);
    const globals = backend.embed([{
      ids: backend.integers(first, [1, count]),
      table: parameters.get(names.global),
    }]);
    return backend.concatRows(globals, x);
  }
}

function checkLength(config: ModelConfig, positions: Int32Array): void {
  const rows = config.max_position_embeddings;
  const last = positions.reduce((a, b) => Math.max(a, b));
  if (last < rows) return;
  const count = positionCount(config);
  const { converts } = FAMILIES[config.model_type];
  throw new RangeError(
    `Cannot encode ${count + last - rows + 1} tokens: the model has positions for ${count}. ` +
      "Cut the text (truncation: true)" +
      (converts ? ", or load the model with lsg: { max_sequence_length } to lengthen it" : ""),
  );
}
