import { assertOnly } from "./assert_only.ts";
import { describeHead } from "./describe_head.ts";
import {
  FAMILIES,
  type Family,
  type Head,
  type HeadDescription,
  type HeadLayer,
  type LayerNames,
  type ModelConfig,
} from "../families/families.ts";
import { positionRows } from "./position_table.ts";
import type { ExpectedParameter } from "./weight_names.ts";

/** Rows of the table of global embeddings; a model uses the first `num_global_tokens`. */
export const GLOBAL_ROWS = 512;

function linearParameters(name: string, inputs: number, outputs: number): ExpectedParameter[] {
  return [
    { name: `${name}.weight`, dims: [outputs, inputs] },
    { name: `${name}.bias`, dims: [outputs] },
  ];
}

function layerNormParameters(name: string, width: number): ExpectedParameter[] {
  return [{ name: `${name}.weight`, dims: [width] }, { name: `${name}.bias`, dims: [width] }];
}

function embeddingParameters(
  config: ModelConfig,
  { embeddings: names, positions, projection, heads }: Family,
): ExpectedParameter[] {
  const { embedding_size: width, hidden_size } = config;
  const table = (name: string, rows: number) => ({ name, dims: [rows, width] });
  const decoder = heads.MaskedLM?.words?.decoder;
  const copies = config.tie_word_embeddings && decoder ? [`${decoder}.weight`] : [];
  const projectionName = projection?.(config);
  return [
    { ...table(names.word, config.vocab_size), copies },
    ...(positions === "none" ? [] : [table(positions.table, positionRows(config, positions))]),
    ...(names.tokenType ? [table(names.tokenType, config.type_vocab_size)] : []),
    ...(config.lsg ? [table(names.global, GLOBAL_ROWS)] : []),
    ...(names.norm ? layerNormParameters(names.norm, width) : []),
    ...(projectionName ? linearParameters(projectionName, width, hidden_size) : []),
  ];
}

/**
 * Names and dims of the parameters of a layer.
 *
 * @param config The checkpoint's config.
 * @param names The names in the layer.
 * @returns The parameters, in the order in which they are used.
 */
export function layerParameters(
  { hidden_size: width, intermediate_size: inner }: ModelConfig,
  { attention, crossAttention, feedForward: { up, down, norm } }: LayerNames,
): ExpectedParameter[] {
  const { query, key, value } = attention.global ?? {};
  const global = [query, key, value].filter((name) => name !== undefined);
  return [
    ...[attention, ...(crossAttention ? [crossAttention] : [])].flatMap((names) => [
      ...[names.query, names.key, names.value, ...(names === attention ? global : []), names.output]
        .flatMap((name) => linearParameters(name, width, width)),
      ...layerNormParameters(names.norm, width),
    ]),
    ...linearParameters(up, width, inner),
    ...linearParameters(down, inner, width),
    ...layerNormParameters(norm, width),
  ];
}

/**
 * Names and dims of the parameters of an encoder without its head.
 *
 * @param config The checkpoint's config; `lsg` adds the global embeddings.
 * @param family The architecture.
 * @returns The parameters; those of layers that share them more than once.
 */
export function encoderParameters(config: ModelConfig, family: Family): ExpectedParameter[] {
  const { num_hidden_layers: layers, hidden_size } = config;
  return [
    ...embeddingParameters(config, family),
    ...Array.from({ length: layers }, (_, i) => layerParameters(config, family.layer(i))).flat(),
    ...(family.finalNorm ? layerNormParameters(family.finalNorm, hidden_size) : []),
  ];
}

function widthOf({ outputs }: HeadLayer, config: ModelConfig): number {
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
    width = widthOf(each, config);
    const own = [
      ...linearParameters(each.name, inputs, width),
      ...(each.norm ? layerNormParameters(each.norm, width) : []),
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
 * Lists the names and dims of all parameters of a model.
 *
 * @param config The checkpoint's config; `lsg` adds the global embeddings.
 * @param head The model's head.
 * @returns The parameters; one that layers share is listed once. The pooler of the bare model is
 *   optional. The output layer of a language model is listed only if it is not tied to the word
 *   embedding table.
 * @throws {RangeError} If the family has no such head, or the config describes an unsupported one.
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
  const parameters = [
    ...encoderParameters(config, FAMILIES[config.model_type]),
    ...headOrPoolerParameters(head, config),
  ];
  return [...new Map(parameters.map((parameter) => [parameter.name, parameter])).values()];
}

function headOrPoolerParameters(head: Head, config: ModelConfig): ExpectedParameter[] {
  if (head !== "Model") return headParameters(describeHead(config, head), config);
  const { pooler } = FAMILIES[config.model_type];
  if (!pooler) return [];
  return headParameters({ rows: "first", layers: [pooler] }, config)
    .map((parameter) => ({ ...parameter, optionalPart: "pooler" }));
}
