import type { ConversionOptions } from "../checkpoint/conversion/conversion_options.ts";
import { convertToLsg } from "../checkpoint/conversion/convert_lsg.ts";
import { positionTable } from "../checkpoint/position_table.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { Weights } from "../checkpoint/weights.ts";
import type { Head, ModelConfig } from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";
import { findSpecialTokenIds } from "../tokenizer/special_token_ids.ts";

/**
 * Converts a checkpoint to LSG while it is loaded. One that has LSG already keeps its length and its
 * global tokens, which are trained, unless the options say otherwise: only its parameters change.
 *
 * @param source Its files, of which the tokenizer's name the special tokens.
 * @param checkpoint Its config and weights.
 * @param options Options of the conversion.
 * @param head The model's head.
 * @returns Config and weights of the converted one.
 * @throws {TypeError | RangeError} As {@linkcode convertToLsg}.
 */
export async function convertInMemory(
  source: CheckpointSource,
  { config, weights }: { config: ModelConfig; weights: Weights },
  options: ConversionOptions,
  head: Head,
): Promise<{ config: ModelConfig; weights: Weights }> {
  const specialTokens = await findSpecialTokenIds(source, config);
  const all = config.lsg ? { ...options, ...whatStays(config, options) } : options;
  return await convertToLsg({ config, weights, specialTokens }, all, { head });
}

/** The options that leave a model with LSG its length and its global tokens. */
function whatStays(config: ModelConfig, options: ConversionOptions): ConversionOptions {
  const family = familyOf(config);
  const hasTable = family.embeddings.global !== undefined;
  const configOffset = hasTable ? positionTable(family).configOffset : 0;
  const { random_global_init, keep_first_global_token } = options;
  const { global_positional_stride = null, use_token_ids = null } = options;
  const makesGlobals = random_global_init || keep_first_global_token ||
    global_positional_stride !== null || use_token_ids !== null;
  return {
    max_sequence_length: options.max_sequence_length ??
      config.max_position_embeddings - configOffset,
    resize_lsg: options.resize_lsg ?? (hasTable && !makesGlobals),
  };
}
