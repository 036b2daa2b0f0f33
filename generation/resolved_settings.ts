/**
 * Settings of a call when all sources are merged.
 *
 * @module
 */
import type { GenerationSettings } from "./settings.ts";

/** What settings are checked against. */
export interface GenerationFacts {
  /** Number of ids, V. */
  readonly vocabulary: number;
  /** Most ids that a row may have: the length of the decoder's position table. */
  readonly limit: number;
  /** Whether the model has an encoder. */
  readonly hasEncoder: boolean;
}

/** Names of the settings with a value in any case. */
export type DefaultName =
  | "min_length"
  | "min_new_tokens"
  | "num_beams"
  | "num_beam_groups"
  | "early_stopping"
  | "length_penalty"
  | "num_return_sequences"
  | "do_sample"
  | "temperature"
  | "top_k"
  | "top_p"
  | "min_p"
  | "typical_p"
  | "epsilon_cutoff"
  | "eta_cutoff"
  | "repetition_penalty"
  | "encoder_repetition_penalty"
  | "diversity_penalty"
  | "no_repeat_ngram_size"
  | "encoder_no_repeat_ngram_size"
  | "renormalize_logits"
  | "return_dict_in_generate"
  | "output_scores";

/** The settings with a value in any case. */
export type Defaults = { readonly [Name in DefaultName]: Given<Name> };

/** What those settings are where no source has them. */
export const DEFAULTS: Defaults = {
  min_length: 0,
  min_new_tokens: 0,
  num_beams: 1,
  num_beam_groups: 1,
  early_stopping: false,
  length_penalty: 1,
  num_return_sequences: 1,
  do_sample: false,
  temperature: 1,
  top_k: 50,
  top_p: 1,
  min_p: 0,
  typical_p: 1,
  epsilon_cutoff: 0,
  eta_cutoff: 0,
  repetition_penalty: 1,
  encoder_repetition_penalty: 1,
  diversity_penalty: 0,
  no_repeat_ngram_size: 0,
  encoder_no_repeat_ngram_size: 0,
  renormalize_logits: false,
  return_dict_in_generate: false,
  output_scores: false,
};

/** A setting that is there. */
export type Given<Name extends keyof GenerationSettings> = NonNullable<GenerationSettings[Name]>;

/** Settings that may be absent. */
export type Optional = Exclude<
  keyof GenerationSettings,
  DefaultName | "eos_token_id" | "forced_eos_token_id" | "max_length" | "use_cache"
>;

/** All settings of a call: checked, null and defaults resolved. */
export type ResolvedSettings =
  & Defaults
  & { readonly [Name in Optional]?: Given<Name> }
  & {
    /** Most ids of a row; undefined where `max_new_tokens` counts, or none is wanted. */
    readonly max_length?: number;
    /** Whether the length is the call's: then it may not exceed the table. */
    readonly isLengthCalled: boolean;
    /** The ids that end a row; may be empty. */
    readonly eos_token_id: readonly number[];
    /** The ids forced at the greatest length; may be empty. */
    readonly forced_eos_token_id: readonly number[];
    /** What settings are checked against. */
    readonly facts: GenerationFacts;
  };
