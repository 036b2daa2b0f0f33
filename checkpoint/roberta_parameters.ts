import type { ModelConfig } from "./config.ts";
import type { ExpectedParameter } from "./weight_names.ts";

/** Parts of a model on top of the bare one. */
export type Head = "Model" | "MaskedLM";

/** Rows of the table of global embeddings; a model uses the first `num_global_tokens`. */
export const GLOBAL_ROWS = 512;

function linear(name: string, inputs: number, outputs: number): ExpectedParameter[] {
  return [
    { name: `${name}.weight`, dims: [outputs, inputs] },
    { name: `${name}.bias`, dims: [outputs] },
  ];
}

function layerNorm(name: string, width: number): ExpectedParameter[] {
  return [{ name: `${name}.weight`, dims: [width] }, { name: `${name}.bias`, dims: [width] }];
}

function embeddings(config: ModelConfig): ExpectedParameter[] {
  const { vocab_size, hidden_size, max_position_embeddings, type_vocab_size } = config;
  const table = (name: string, rows: number): ExpectedParameter => ({
    name: `embeddings.${name}_embeddings.weight`,
    dims: [rows, hidden_size],
  });
  const tiedCopies = config.tie_word_embeddings ? ["lm_head.decoder.weight"] : [];
  return [
    { ...table("word", vocab_size), copies: tiedCopies },
    table("position", max_position_embeddings),
    table("token_type", type_vocab_size),
    ...(config.lsg ? [table("global", GLOBAL_ROWS)] : []),
    ...layerNorm("embeddings.LayerNorm", hidden_size),
  ];
}

function layer(index: number, config: ModelConfig): ExpectedParameter[] {
  const { hidden_size, intermediate_size } = config;
  const name = `encoder.layer.${index}`;
  return [
    ...linear(`${name}.attention.self.query`, hidden_size, hidden_size),
    ...linear(`${name}.attention.self.key`, hidden_size, hidden_size),
    ...linear(`${name}.attention.self.value`, hidden_size, hidden_size),
    ...linear(`${name}.attention.output.dense`, hidden_size, hidden_size),
    ...layerNorm(`${name}.attention.output.LayerNorm`, hidden_size),
    ...linear(`${name}.intermediate.dense`, hidden_size, intermediate_size),
    ...linear(`${name}.output.dense`, intermediate_size, hidden_size),
    ...layerNorm(`${name}.output.LayerNorm`, hidden_size),
  ];
}

function pooler(config: ModelConfig): ExpectedParameter[] {
  return linear("pooler.dense", config.hidden_size, config.hidden_size)
    .map((parameter) => ({ ...parameter, optionalPart: "pooler" }));
}

function languageModelHead(config: ModelConfig): ExpectedParameter[] {
  const { vocab_size, hidden_size, tie_word_embeddings } = config;
  const parameters: ExpectedParameter[] = [
    ...linear("lm_head.dense", hidden_size, hidden_size),
    ...layerNorm("lm_head.layer_norm", hidden_size),
    { name: "lm_head.bias", dims: [vocab_size], copies: ["lm_head.decoder.bias"] },
    ...(tie_word_embeddings
      ? []
      : [{ name: "lm_head.decoder.weight", dims: [vocab_size, hidden_size] }]),
  ];
  return parameters.map((parameter) => ({ ...parameter, head: true }));
}

/**
 * Names and dims of all parameters of a RoBERTa model (also CamemBERT and XLM-RoBERTa).
 *
 * @param config The checkpoint's config; `lsg` adds the global embeddings.
 * @param head Which head the model has.
 * @returns The parameters. The pooler of the bare model is optional. The output layer
 *   `lm_head.decoder.weight` is only there if it is not tied to the word table.
 *
 * @example
 * ```ts
 * import { parseConfig, robertaParameters } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "roberta" });
 * const [wordTable] = robertaParameters(config, "Model");
 * assertEquals(wordTable.name, "embeddings.word_embeddings.weight");
 * assertEquals(wordTable.dims, [50265, 768]);
 * ```
 */
export function robertaParameters(config: ModelConfig, head: Head): ExpectedParameter[] {
  const layers = Array.from({ length: config.num_hidden_layers }, (_, i) => layer(i, config));
  return [
    ...embeddings(config),
    ...layers.flat(),
    ...(head === "Model" ? pooler(config) : languageModelHead(config)),
  ];
}
