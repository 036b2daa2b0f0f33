import { resolveLsgParameters } from "../../attention/lsg/lsg_parameters.ts";
import { Random } from "../../tensor/random.ts";
import { architectureOf, headOf } from "../architecture.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { chooseHead } from "../choose_head.ts";
import { addLsg, parseKnownConfig } from "../config.ts";
import {
  CONVERSION_DEFAULTS,
  type ConversionOptions,
  resolveConversionOptions,
  type ResolvedConversionOptions,
} from "./conversion_options.ts";
import {
  positionTables,
  sinusoidalPositions,
  withComputedPositions,
} from "../computed_positions.ts";
import { extendPositions } from "./extend_positions.ts";
import type { Family, Head, ModelConfig } from "../../families/families.ts";
import { familyOf } from "../../families/known_families.ts";
import { makeGlobalEmbeddings } from "./global_embeddings.ts";
import { MappedWeights, type WeightReference } from "../mapped_weights.ts";
import { MemoryWeights } from "../memory_weights.ts";
import { GLOBAL_ROWS, modelParameters } from "../model_parameters.ts";
import { nameRules } from "../model_weights.ts";
import { savedName } from "../saved_name.ts";
import { positionTable } from "../position_table.ts";
import type { SpecialTokenIds } from "../special_tokens.ts";
import { withNewHead } from "../new_head.ts";
import { resolveWeights } from "../weight_names.ts";
import type { Weights } from "../weights.ts";

/** Settings of a conversion besides its options. */
export interface ConversionSettings {
  /** The converted model's head; absent: the checkpoint's own, see `chooseHead`. */
  head?: Head;
  /** Called with warnings; absent: `console.warn`. */
  warn?: (message: string) => void;
}

/**
 * Converts a checkpoint to LSG attention: global embeddings are made from its word and position
 * embeddings, and the position table is repeated up to the new length. A checkpoint that already is
 * LSG gets a new length.
 *
 * @param checkpoint The checkpoint; it is not changed.
 * @param options Length, global tokens, LSG parameters.
 * @param settings The model's head, and a callback for warnings.
 * @returns The converted checkpoint, with tensor names as `LSG…` classes save them. Tensors that did
 *   not change are loaded from the original on demand.
 * @throws {TypeError} If an option is of the wrong type.
 * @throws {RangeError} If an option is out of range, the weights do not match the config, or a
 *   special token is missing.
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
  const family = familyOf(config);
  const { className, converts, embeddings } = family;
  if (!converts) {
    throw new RangeError(`Cannot convert ${className} to LSG: LSG does not support this family`);
  }
  checkOwnGlobals(resolved, family);
  const head = resolved.architecture === undefined
    ? settings.head ?? chooseHead(config, checkpoint.weights, warn)
    : headOf(config, resolved.architecture);
  const converted = convertConfig(config, head, resolved);
  const random = new Random(resolved.conversion.seed);
  warnAboutGlobals(config, resolved, warn);

  const mayDraw = resolved.architecture !== undefined;
  const source = resolveSource(checkpoint, head, mayDraw, random, warn);
  const changed = embeddings.global
    ? await makeTables(checkpoint, converted, source, resolved, random, warn)
    : new MemoryWeights([]);
  const references = modelParameters(converted, head).map((
    parameter,
  ): [string, WeightReference] => {
    const { name } = parameter;
    const weights = changed.has(name) ? changed : source;
    return [savedName(parameter, converted, head), { weights, name }];
  });
  const present = references.filter(([, { weights, name }]) => weights.has(name));
  return { config: converted, weights: new MappedWeights(present), specialTokens };
}

/** Asserts that nothing is asked of global tokens that are not made: those of the text itself. */
function checkOwnGlobals(
  { conversion }: ResolvedConversionOptions,
  { className, embeddings }: Family,
): void {
  const { max_sequence_length: _, seed: __, ...ofGlobals } = CONVERSION_DEFAULTS;
  const given = Object.entries({ ...conversion, ...ofGlobals })
    .find(([name, value]) => conversion[name as keyof typeof conversion] !== value)?.[0];
  if (embeddings.global || given === undefined) return;
  throw new RangeError(
    `Cannot convert ${className} to LSG with ${given}: its global tokens are the first ones of a ` +
      "text, none are made",
  );
}

/** The global embeddings, and the tables of positions up to the new length. */
async function makeTables(
  checkpoint: Checkpoint,
  converted: ModelConfig,
  source: Weights,
  resolved: ResolvedConversionOptions,
  random: Random,
  warn: (message: string) => void,
): Promise<MemoryWeights> {
  const { config } = checkpoint;
  const family = familyOf(config);
  const width = config.embedding_size;
  const { table } = positionTable(family);
  const positions = await source.load(table);
  const length = resolved.conversion.max_sequence_length;
  const lengthened = await Promise.all(
    positionTables(config, family).map(async ({ positions: { table, tableOffset, absent } }) => {
      const data = absent
        ? sinusoidalPositions(tableOffset + length, width)
        : extendPositions(await source.load(table), width, tableOffset, length);
      return [table, { dims: [tableOffset + length, width], data }] as const;
    }),
  );
  return new MemoryWeights([
    [family.embeddings.global!, {
      dims: [GLOBAL_ROWS, width],
      data: await makeGlobalTable(checkpoint, source, positions, {
        ...resolved.conversion,
        maskId: chooseMask(checkpoint, converted, resolved, warn),
      }, random),
    }],
    ...lengthened,
  ]);
}

function convertConfig(
  config: ModelConfig,
  head: Head,
  { conversion, lsg }: ResolvedConversionOptions,
): ModelConfig {
  // auto_map refers to Python files of the original checkpoint.
  const { auto_map: _, ...raw } = config.raw;
  const family = familyOf(config);
  const configOffset = family.embeddings.global ? positionTable(family).configOffset : 0;
  addLsg(resolveLsgParameters);
  const converted = parseKnownConfig({
    ...raw,
    ...lsg,
    base_model_prefix: "lsg",
    max_position_embeddings: conversion.max_sequence_length + configOffset,
  });
  const { pass_global_tokens_to_decoder, ...encoderKeys } = converted.lsg!;
  const decoderKeys = converted.decoder ? { pass_global_tokens_to_decoder } : {};
  const architectures = [architectureOf(converted, head)];
  return parseKnownConfig({ ...converted.raw, ...encoderKeys, ...decoderKeys, architectures });
}

function warnAboutGlobals(
  config: ModelConfig,
  { conversion, lsg }: ResolvedConversionOptions,
  warn: (message: string) => void,
): void {
  const { resize_lsg, keep_first_global_token } = conversion;
  if (lsg.pass_global_tokens_to_decoder !== undefined && !config.decoder) {
    warn(
      `pass_global_tokens_to_decoder has no effect: a ${config.model_type} model has no decoder`,
    );
  }
  if (config.lsg === undefined && (resize_lsg || keep_first_global_token)) {
    warn(
      "resize_lsg and keep_first_global_token have no effect: " +
        "the checkpoint is not LSG and has no global tokens to keep",
    );
  }
  if (config.lsg !== undefined && !resize_lsg && familyOf(config).embeddings.global) {
    warn(
      `the checkpoint already is LSG; its global tokens ` +
        `${keep_first_global_token ? "except the first " : ""}are replaced (resize_lsg keeps them)`,
    );
  }
}

/** Resolves the checkpoint's weights to the bare model's names, and draws those of a new head. */
function resolveSource(
  { config, weights }: Checkpoint,
  head: Head,
  mayDraw: boolean,
  random: Random,
  warn: (message: string) => void,
): Weights {
  const parameters = modelParameters(config, head);
  const rules = nameRules(config, head);
  const model = architectureOf(config, head);
  const complete = (resolved: Weights) => withComputedPositions(resolved, config, familyOf(config));
  const all = mayDraw ? withNewHead(weights, config, head, { random, warn }) : weights;
  return complete(resolveWeights(all, parameters, rules, model, warn));
}

async function makeGlobalTable(
  { config, specialTokens }: Checkpoint,
  source: Weights,
  positions: Float32Array,
  conversion: ResolvedConversionOptions["conversion"] & { maskId: number | undefined },
  random: Random,
): Promise<Float32Array> {
  const family = familyOf(config);
  const { embeddings, globalsTakeTokenType } = family;
  const { tableOffset } = positionTable(family);
  const width = config.embedding_size;
  const previous = config.lsg && await source.load(embeddings.global!);
  if (previous && conversion.resize_lsg) return previous;
  const bos = beginningOf(specialTokens, config);
  const { tokenType } = embeddings;
  const addsTokenType = globalsTakeTokenType && conversion.use_token_ids;
  const words = await source.load(embeddings.word);
  const table = makeGlobalEmbeddings({
    words,
    positions: positions.subarray(tableOffset * width),
    tokenType: addsTokenType && tokenType ? await source.load(tokenType) : undefined,
    width,
    bosId: requireTokenId(bos, "bos or cls", config),
    maskId: conversion.maskId,
    stride: conversion.global_positional_stride,
    random,
  });
  source.release?.(embeddings.word, words); // the largest table, which is read again when it is used
  if (previous && conversion.keep_first_global_token) table.set(previous.subarray(0, width));
  return table;
}

function beginningOf({ bos, cls }: SpecialTokenIds, config: ModelConfig): number | null {
  return bos ?? cls ?? config.bos_token_id;
}

/**
 * Chooses the token of all global tokens but the first; undefined if none is needed. The embeddings
 * of facebook/bart-large-cnn and its like have no row for the mask token of their tokenizer.
 */
function chooseMask(
  { config, specialTokens }: Checkpoint,
  converted: ModelConfig,
  { conversion }: ResolvedConversionOptions,
  warn: (message: string) => void,
): number | undefined {
  const { mask } = specialTokens;
  const keepsAll = config.lsg !== undefined && conversion.resize_lsg;
  if (conversion.random_global_init || keepsAll) return undefined;
  if ((mask ?? 0) < config.vocab_size) return requireTokenId(mask, "mask", config);
  const missing =
    `the mask token has id ${mask}, wanted an id below vocab_size ${config.vocab_size}`;
  if (converted.lsg!.num_global_tokens > 1) {
    throw new RangeError(
      `Cannot make global tokens: ${missing}, or num_global_tokens 1, or random_global_init true`,
    );
  }
  warn(`${missing}: unused rows of the global embeddings are made from the bos or cls token`);
  return requireTokenId(beginningOf(specialTokens, config), "bos or cls", config);
}

function requireTokenId(id: number | null | undefined, token: string, config: ModelConfig): number {
  if (id === null || id === undefined) {
    throw new RangeError(`Cannot make global tokens: the tokenizer has no ${token} token`);
  }
  if (id >= config.vocab_size) {
    throw new RangeError(
      `Cannot make global tokens: the ${token} token has id ${id}, wanted an id below ` +
        `vocab_size ${config.vocab_size}`,
    );
  }
  return id;
}
