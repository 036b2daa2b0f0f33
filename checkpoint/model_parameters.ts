import { assertOnly } from "./assert_only.ts";
import type { ModelConfig } from "./config.ts";
import { describeHead } from "./describe_head.ts";
import { FAMILIES, type Head, type HeadDescription, type HeadLayer } from "../families/families.ts";
import { GLOBAL_ROWS } from "./conversion/global_positions.ts";
import type { ExpectedParameter } from "./weight_names.ts";

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
  const { embeddings: names, projection, heads } = FAMILIES[config.model_type];
  const { embedding_size: width, hidden_size } = config;
  const table = (name: string, rows: number) => ({ name, dims: [rows, width] });
  const decoder = heads.MaskedLM?.words?.decoder;
  const copies = config.tie_word_embeddings && decoder ? [`${decoder}.weight`] : [];
  const projectionName = projection?.(config);
  return [
    { ...table(names.word, config.vocab_size), copies },
    table(names.position, config.max_position_embeddings),
    ...(names.tokenType ? [table(names.tokenType, config.type_vocab_size)] : []),
    ...(config.lsg ? [table(names.global, GLOBAL_ROWS)] : []),
    ...layerNorm(names.norm, width),
    ...(projectionName ? linear(projectionName, width, hidden_size) : []),
  ];
}

function layer(index: number, config: ModelConfig): ExpectedParameter[] {
  const { hidden_size: width, intermediate_size: inner } = config;
  const names = FAMILIES[config.model_type].layer(index);
  const { query, key, value, attentionOutput, global } = names;
  const square = [query, key, value, ...(global ? Object.values(global) : []), attentionOutput];
  return [
    ...square.flatMap((name) => linear(name, width, width)),
    ...layerNorm(names.attentionNorm, width),
    ...linear(names.up, width, inner),
    ...linear(names.down, inner, width),
    ...layerNorm(names.norm, width),
  ];
}

function outputsOf({ outputs }: HeadLayer, config: ModelConfig): number {
  if (outputs === "labels") return config.id2label.length;
  return typeof outputs === "number" ? outputs : config[outputs];
}

function headParameters(
  { layers, words, only = {} }: HeadDescription,
  config: ModelConfig,
): ExpectedParameter[] {
  assertOnly(config.raw, only);
  let width = config.hidden_size;
  const parameters = layers.flatMap((each): ExpectedParameter[] => {
    const inputs = width;
    width = outputsOf(each, config);
    const own = [
      ...linear(each.name, inputs, width),
      ...(each.norm ? layerNorm(each.norm, width) : []),
    ];
    return each.inModel ? own : own.map((parameter) => ({ ...parameter, head: true }));
  });
  if (!words) return parameters;
  const { vocab_size, tie_word_embeddings } = config;
  const { bias, decoder } = words;
  const copies = bias === `${decoder}.bias` ? [] : [`${decoder}.bias`];
  return [
    ...parameters,
    { name: bias, dims: [vocab_size], head: true, copies },
    ...(tie_word_embeddings
      ? []
      : [{ name: `${decoder}.weight`, dims: [vocab_size, width], head: true as const }]),
  ];
}

/**
 * Names and dims of all parameters of a model.
 *
 * @param config The checkpoint's config; `lsg` adds the global embeddings.
 * @param head Which head the model has.
 * @returns The parameters, each once, also where layers share them. The pooler of the bare model
 *   is optional. The output layer of a language model is only there if it is not tied to the word
 *   table.
 * @throws {RangeError} If the family has no such head, or not as the config describes it.
 *
 * @example
 * ```ts
 * import { modelParameters, parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const [wordTable] = modelParameters(parseConfig({ model_type: "roberta" }), "Model");
 * assertEquals(wordTable.name, "embeddings.word_embeddings.weight");
 * assertEquals(wordTable.dims, [50265, 768]);
 * ```
 */
export function modelParameters(config: ModelConfig, head: Head): ExpectedParameter[] {
  const layers = Array.from({ length: config.num_hidden_layers }, (_, i) => layer(i, config));
  const parameters = [...embeddings(config), ...layers.flat(), ...partsOf(head, config)];
  return [...new Map(parameters.map((parameter) => [parameter.name, parameter])).values()];
}

function partsOf(head: Head, config: ModelConfig): ExpectedParameter[] {
  if (head !== "Model") return headParameters(describeHead(config, head), config);
  const { pooler } = FAMILIES[config.model_type];
  if (!pooler) return [];
  return headParameters({ rows: "first", layers: [pooler] }, config)
    .map((parameter) => ({ ...parameter, optionalPart: "pooler" }));
}
