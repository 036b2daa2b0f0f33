import { Random } from "../../tensor/random.ts";
import { architectureOf, headOf } from "../architecture.ts";
import { chooseHead } from "../choose_head.ts";
import { type ModelConfig, parseConfig } from "../config.ts";
import {
  type ConversionOptions,
  resolveConversionOptions,
  type ResolvedConversionOptions,
} from "./conversion_options.ts";
import { drawParameters } from "./draw_parameters.ts";
import { extendPositions } from "./extend_positions.ts";
import { FAMILIES, type Head } from "../../families/families.ts";
import { makeGlobalEmbeddings } from "./global_embeddings.ts";
import { GLOBAL_ROWS } from "./global_positions.ts";
import { MappedWeights, type WeightPlace } from "../mapped_weights.ts";
import { MemoryWeights } from "../memory_weights.ts";
import { modelParameters } from "../model_parameters.ts";
import { nameRules } from "../model_weights.ts";
import type { SpecialTokenIds } from "../special_tokens.ts";
import { findParameters, resolveWeights } from "../weight_names.ts";
import type { Weights } from "../weights.ts";

/** A checkpoint that has been read. */
export interface Checkpoint {
  /** Its config. */
  config: ModelConfig;
  /** Its weights under their names in the files. */
  weights: Weights;
  /** Ids of its special tokens. */
  specialTokens: SpecialTokenIds;
}

/** What a conversion takes besides its options. */
export interface ConversionSettings {
  /** The head that the model will have; absent: the checkpoint's own, see `chooseHead`. */
  head?: Head;
  /** Takes warnings; absent: the console. */
  warn?: (message: string) => void;
}

/**
 * Converts a checkpoint to LSG attention: global tokens are made from its word and position
 * tables, and the position table is repeated up to the new length. A checkpoint that is LSG
 * already is given another length.
 *
 * @param checkpoint The checkpoint; it is left unchanged.
 * @param options What to convert to.
 * @param settings The model's head and where warnings go.
 * @returns The converted checkpoint, with the names that `LSG…` classes write. Tensors that
 *   did not change are still loaded from the original when they are asked for.
 * @throws {TypeError} If an option is of the wrong type.
 * @throws {RangeError} If an option is out of range, the weights do not fit the config, or a
 *   special token is lacking.
 *
 * @example
 * ```ts
 * import { convertToLsg, drawParameters, modelParameters, parseConfig } from "@lsg/core/checkpoint";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({
 *   model_type: "roberta",
 *   architectures: ["RobertaModel"],
 *   vocab_size: 10,
 *   hidden_size: 4,
 *   num_attention_heads: 1,
 *   num_hidden_layers: 1,
 *   intermediate_size: 4,
 *   max_position_embeddings: 514,
 * });
 * const weights = drawParameters(modelParameters(config, "Model"), 0.02, new Random(0));
 * const specialTokens = { bos: 0, mask: 4 };
 * const long = await convertToLsg({ config, weights, specialTokens }, { block_size: 32 });
 * assertEquals(long.config.architectures, ["LSGRobertaModel"]);
 * assertEquals(long.weights.dims("embeddings.position_embeddings.weight"), [4098, 4]);
 * ```
 */
export async function convertToLsg(
  checkpoint: Checkpoint,
  options: ConversionOptions,
  settings: ConversionSettings = {},
): Promise<Checkpoint> {
  const resolved = resolveConversionOptions(options);
  const { config, specialTokens } = checkpoint;
  const { warn = console.warn } = settings;
  const { className, converts, embeddings, tableOffset, weightPrefix } =
    FAMILIES[config.model_type];
  if (!converts) throw new RangeError(`cannot convert a ${className} to LSG: it has no LSG form`);
  const head = resolved.architecture === undefined
    ? settings.head ?? chooseHead(config, checkpoint.weights, warn)
    : headOf(config, resolved.architecture);
  const converted = convertConfig(config, head, resolved);
  const random = new Random(resolved.conversion.seed);
  warnOfGlobals(config, resolved, warn);

  const mayDraw = resolved.architecture !== undefined;
  const source = resolveSource(checkpoint, head, mayDraw, random, warn);
  const width = config.embedding_size;
  const positions = await source.load(embeddings.position);
  const length = resolved.conversion.max_sequence_length;
  const changed = new MemoryWeights([
    [embeddings.global, {
      dims: [GLOBAL_ROWS, width],
      data: await globalTable(checkpoint, source, positions, resolved, random),
    }],
    [embeddings.position, {
      dims: [tableOffset + length, width],
      data: extendPositions(positions, width, tableOffset, length),
    }],
  ]);
  const places = modelParameters(converted, head).map((
    { name, head: inHead },
  ): [string, WeightPlace] => [
    head === "Model" || inHead ? name : weightPrefix + name,
    { weights: changed.has(name) ? changed : source, name },
  ]);
  const present = places.filter(([, { weights, name }]) => weights.has(name));
  return { config: converted, weights: new MappedWeights(present), specialTokens };
}

function convertConfig(
  config: ModelConfig,
  head: Head,
  { conversion, lsg }: ResolvedConversionOptions,
): ModelConfig {
  // auto_map names Python files that lie beside the original.
  const { auto_map: _, ...raw } = config.raw;
  const { configOffset } = FAMILIES[config.model_type];
  const converted = parseConfig({
    ...raw,
    ...lsg,
    base_model_prefix: "lsg",
    max_position_embeddings: conversion.max_sequence_length + configOffset,
  });
  // Encoders have no decoder to pass global tokens to.
  const { pass_global_tokens_to_decoder: __, ...encoderKeys } = converted.lsg!;
  const architectures = [architectureOf(converted, head)];
  return parseConfig({ ...converted.raw, ...encoderKeys, architectures });
}

function warnOfGlobals(
  config: ModelConfig,
  { conversion }: ResolvedConversionOptions,
  warn: (message: string) => void,
): void {
  const { resize_lsg, keep_first_global_token } = conversion;
  if (config.lsg === undefined && (resize_lsg || keep_first_global_token)) {
    warn(
      "resize_lsg and keep_first_global_token have no effect: " +
        "the checkpoint is not LSG and has no global tokens to keep",
    );
  }
  if (config.lsg !== undefined && !resize_lsg) {
    warn(
      `the checkpoint is LSG already; its global tokens ` +
        `${keep_first_global_token ? "but the first " : ""}are made anew (resize_lsg keeps them)`,
    );
  }
}

/** The checkpoint's weights under the bare model's names, and drawn ones for a new head. */
function resolveSource(
  { config, weights }: Checkpoint,
  head: Head,
  mayDraw: boolean,
  random: Random,
  warn: (message: string) => void,
): Weights {
  const parameters = modelParameters(config, head);
  const rules = nameRules(config, head);
  if (!mayDraw) return resolveWeights(weights, parameters, rules);
  const lacking = findParameters(weights, parameters, rules).missing
    .filter(({ head, optionalPart }) => head || optionalPart !== undefined);
  if (lacking.length > 0) {
    const names = lacking.map(({ name }) => name).join(", ");
    warn(`the checkpoint lacks these parameters, they are drawn at random: ${names}`);
  }
  const drawn = drawParameters(lacking, config.initializer_range, random);
  const placesIn = (part: Weights) =>
    part.names().map((name): [string, WeightPlace] => [name, { weights: part, name }]);
  return resolveWeights(
    new MappedWeights([...placesIn(weights), ...placesIn(drawn)]),
    parameters,
    rules,
  );
}

async function globalTable(
  { config, specialTokens }: Checkpoint,
  source: Weights,
  positions: Float32Array,
  { conversion }: ResolvedConversionOptions,
  random: Random,
): Promise<Float32Array> {
  const { embeddings, tableOffset, globalsTakeTokenType } = FAMILIES[config.model_type];
  const width = config.embedding_size;
  const old = config.lsg && await source.load(embeddings.global);
  if (old && conversion.resize_lsg) return old;
  const { bos = specialTokens.cls ?? config.bos_token_id } = specialTokens;
  const { tokenType } = embeddings;
  const addsTokenType = globalsTakeTokenType && conversion.use_token_ids;
  const table = makeGlobalEmbeddings({
    words: await source.load(embeddings.word),
    positions: positions.subarray(tableOffset * width),
    tokenType: addsTokenType && tokenType ? await source.load(tokenType) : undefined,
    width,
    bosId: requireWord(bos, "bos or cls", config),
    maskId: conversion.random_global_init
      ? undefined
      : requireWord(specialTokens.mask, "mask", config),
    stride: conversion.global_positional_stride,
    random,
  });
  if (old && conversion.keep_first_global_token) table.set(old.subarray(0, width));
  return table;
}

function requireWord(id: number | null | undefined, token: string, config: ModelConfig): number {
  if (id === null || id === undefined) {
    throw new RangeError(`making global tokens needs a ${token} token, the tokenizer has none`);
  }
  if (id >= config.vocab_size) {
    throw new RangeError(
      `the ${token} token has id ${id}, the word table only ${config.vocab_size} rows`,
    );
  }
  return id;
}
