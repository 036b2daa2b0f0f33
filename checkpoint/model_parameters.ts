import { assertOnly } from "./assert_only.ts";
import { decoderStack } from "./decoder_stack.ts";
import { describeHead } from "./describe_head.ts";
import type {
  AttentionNames,
  Family,
  Head,
  HeadDescription,
  HeadLayer,
  LayerNames,
  ModelConfig,
  PositionTable,
} from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";
import { positionRows } from "./position_table.ts";
import type { ExpectedParameter } from "./weight_names.ts";

/** Rows of the table of global embeddings; a model uses the first `num_global_tokens`. */
export const GLOBAL_ROWS = 512;

/** Lists the parameters of a family's dense layers and norms. */
function parametersOf(config: ModelConfig, { hasBias, normKind }: Family) {
  const list = (name: string, dims: number[], bias: boolean): ExpectedParameter[] => [
    { name: `${name}.weight`, dims },
    ...(bias ? [{ name: `${name}.bias`, dims: [dims[0]] }] : []),
  ];
  return {
    linear: (name: string, inputs: number, outputs: number) =>
      list(name, [outputs, inputs], hasBias(name, config)),
    norm: (name: string, width: number) =>
      list(name, [width], normKind === "layer" && hasBias(name, config)),
  };
}

function embeddingParameters(config: ModelConfig, family: Family): ExpectedParameter[] {
  const { embeddings: names, positions, projection, heads } = family;
  const { linear, norm } = parametersOf(config, family);
  const { embedding_size: width, hidden_size } = config;
  const table = (name: string, rows: number) => ({ name, dims: [rows, width] });
  const positionParameter = (positions: PositionTable) => ({
    ...table(positions.table, positionRows(config, positions)),
    ...(positions.absent && { optionalPart: positions.table, constant: true as const }),
  });
  const decoders = Object.values(heads).flatMap(({ words }) => words ? [words.decoder] : []);
  const tied = config.tie_word_embeddings ? decoders.map((name) => `${name}.weight`) : [];
  const copies = [...new Set([...names.copies ?? [], ...tied])];
  const projectionName = projection?.(config);
  return [
    {
      ...table(names.word, config.vocab_size),
      copies,
      // Untied in transformers 5, encoder and decoder have tables of their own; 4.36 saves one.
      ...(!config.tie_word_embeddings && names.copies && { untied: "agree" as const }),
    },
    ...(typeof positions === "string" ? [] : [positionParameter(positions)]),
    ...(names.tokenType ? [table(names.tokenType, config.type_vocab_size)] : []),
    ...(config.lsg && names.global ? [table(names.global, GLOBAL_ROWS)] : []),
    ...(names.norm ? norm(names.norm, width) : []),
    ...(projectionName ? linear(projectionName, width, hidden_size) : []),
  ];
}

/**
 * Names and dims of the parameters of a layer.
 *
 * @param config The checkpoint's config.
 * @param names The names in the layer.
 * @param family The architecture.
 * @returns The parameters, in the order in which they are used.
 */
export function layerParameters(
  config: ModelConfig,
  { attention, crossAttention, feedForward: forward }: LayerNames,
  family: Family,
): ExpectedParameter[] {
  const { hidden_size: width, intermediate_size: inner, head_dim } = config;
  const { linear, norm } = parametersOf(config, family);
  const [query, key] = [config.num_attention_heads, config.num_key_value_heads]
    .map((heads) => heads * head_dim);
  const projections = (names: Pick<AttentionNames, "query" | "key" | "value">) =>
    names.query === names.key ? linear(names.query, width, query + 2 * key) : [
      ...linear(names.query, width, query),
      ...linear(names.key, width, key),
      ...linear(names.value, width, key),
    ];
  return [
    ...[attention, ...(crossAttention ? [crossAttention] : [])].flatMap((names) => [
      ...projections(names),
      ...(names === attention && attention.global ? projections(attention.global) : []),
      ...linear(names.output, query, width),
      ...[names.queryNorm, names.keyNorm].flatMap((name) => name ? norm(name, head_dim) : []),
      ...(names.norm ? norm(names.norm, width) : []),
    ]),
    ...(forward.gate === forward.up
      ? linear(forward.up, width, 2 * inner)
      : [forward.gate, forward.up].flatMap((name) => name ? linear(name, width, inner) : [])),
    ...linear(forward.down, inner, width),
    ...norm(forward.norm, width),
  ];
}

/**
 * Names and dims of the parameters of an encoder or a decoder, without a head.
 *
 * @param config The checkpoint's config; `lsg` adds the global embeddings.
 * @param family The architecture.
 * @returns The parameters; those of layers that share them more than once.
 */
export function encoderParameters(config: ModelConfig, family: Family): ExpectedParameter[] {
  const layers = Array.from({ length: config.num_hidden_layers }, (_, i) => family.layer(i));
  const { norm } = parametersOf(config, family);
  return [
    ...embeddingParameters(config, family),
    ...layers.flatMap((names) => layerParameters(config, names, family)),
    ...(family.finalNorm ? norm(family.finalNorm, config.hidden_size) : []),
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
  const { linear, norm } = parametersOf(config, familyOf(config));
  let width = config.hidden_size;
  const parameters = layers.flatMap((each): ExpectedParameter[] => {
    const inputs = width;
    width = widthOf(each, config);
    const own = [
      ...linear(each.name, inputs, width),
      ...(each.norm ? norm(each.norm, width) : []),
    ];
    return each.inModel ? own : own.map((parameter) => ({ ...parameter, head: true }));
  });
  if (!words) return parameters;
  const { vocab_size, tie_word_embeddings } = config;
  const { bias: biasName, buffer, decoder } = words;
  const bias = familyOf(config).hasBias(decoder, config) ? biasName : undefined;
  const copies = bias === `${decoder}.bias` ? [] : [`${decoder}.bias`];
  // Untied in transformers 5, the layer adds its own bias; 4.36 saves the two as one.
  const untied = tie_word_embeddings ? undefined : "count" as const;
  return [
    ...parameters,
    ...(bias ? [{ name: bias, dims: [vocab_size], head: true as const, copies, untied }] : []),
    ...(buffer
      ? [{
        name: buffer,
        dims: [1, vocab_size],
        head: true as const,
        optionalPart: buffer,
        constant: true as const,
      }]
      : []),
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
  const family = familyOf(config);
  const parameters = [
    ...encoderParameters(config, family),
    ...(config.decoder ? encoderParameters(...decoderStack(config, family)) : []),
    ...ownParameters(head, config),
  ];
  return [...new Map(parameters.map((parameter) => [parameter.name, parameter])).values()];
}

/**
 * Names and dims of the parameters of a head, with the pooler if it reads that; of the bare model,
 * of its pooler.
 *
 * @param head The head.
 * @param config The checkpoint's config.
 * @returns The parameters, in the order in which they are used; none for a bare model of a family
 * without a pooler.
 * @throws {RangeError} If the family has no such head, or the config describes an unsupported one.
 */
export function ownParameters(head: Head, config: ModelConfig): ExpectedParameter[] {
  if (head !== "Model") return headParameters(describeHead(config, head), config);
  const { pooler } = familyOf(config);
  if (!pooler) return [];
  return headParameters({ rows: "first", layers: [pooler] }, config)
    .map((parameter) => ({ ...parameter, optionalPart: "pooler" }));
}
