/**
 * What the encoding of examples depends on.
 *
 * @module
 */
import { checkOptions, countFrom, FLAG } from "../../base/check_options.ts";
import type { Head, ModelConfig } from "../../families/families.ts";
import type { HiddenStates, PreTrainedModel } from "../../models/mod.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import { headOf } from "../head_of.ts";

/** Options of a {@linkcode Collator}. */
export interface CollatorOptions {
  /**
   * Whether texts that are too long are cut; false if absent: they are an error. Of a question and
   * its context only the context is cut.
   */
  readonly truncation?: boolean;
  /** The most tokens of a sequence; absent: what the model holds. */
  readonly max_length?: number;
  /** The most ids of a text that a decoder is to write; absent: what the decoder holds. */
  readonly max_target_length?: number;
  /**
   * Sequences are padded to the longest one of their batch, rounded up to a multiple of this: the
   * model's `block_size`, say; 1 if absent.
   */
  readonly pad_to_multiple_of?: number;
  /** The share of tokens that a masked language model has to predict; 0.15 if absent. */
  readonly mlm_probability?: number;
  /** Seed of which tokens these are, with the epoch and the example's index; 0 if absent. */
  readonly seed?: number;
}

/** What the encoding of examples depends on. */
export interface EncoderSettings {
  /** The tokenizer; absent: examples are token ids already. */
  readonly tokenizer?: PreTrainedTokenizer;
  /** The model's head. */
  readonly head: Head;
  /** The model's config. */
  readonly config: ModelConfig;
  /** Whether long texts are cut. */
  readonly truncation: boolean;
  /** Most tokens of a sequence. */
  readonly maxLength: number;
  /** Most ids of what a decoder writes. */
  readonly maxTargetLength: number;
  /** Padded lengths are multiples of this. */
  readonly multiple: number;
  /** Share of hidden tokens. */
  readonly probability: number;
  /** Seed of the choice of hidden tokens. */
  readonly seed: number;
}

/**
 * Checks options, and finds out what the model holds.
 *
 * @param model The model that is trained.
 * @param tokenizer Its tokenizer, if there is one.
 * @param options The caller's options.
 * @returns The settings.
 * @throws {TypeError} If an option is unknown or of the wrong type, or the model has no head.
 * @throws {RangeError} If an option is out of range, or longer than what the model holds.
 */
export function encoderSettings(
  model: PreTrainedModel<HiddenStates>,
  tokenizer: PreTrainedTokenizer | undefined,
  options: CollatorOptions,
): EncoderSettings {
  const given = checkOptions("Cannot collate", options, {
    truncation: FLAG,
    max_length: countFrom(1),
    max_target_length: countFrom(1),
    pad_to_multiple_of: countFrom(1),
    mlm_probability: {
      type: "number",
      wanted: "a number from 0 to 1",
      accepts: (value) => Number(value) >= 0 && Number(value) <= 1,
    },
    seed: {
      type: "number",
      wanted: "0 … 4294967295",
      accepts: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32,
    },
  });
  const head = headOf(model);
  const { config, maxLength } = model;
  if (head === "Model") {
    throw new TypeError("Cannot collate for a model without a head: wanted an AutoModelFor… class");
  }
  if (given.mlm_probability !== undefined && head !== "MaskedLM") {
    throw new RangeError(
      `Cannot collate with mlm_probability ${given.mlm_probability} for ${head}: it hides no words, ` +
        "wanted none",
    );
  }
  const targets = config.decoder?.max_position_embeddings ?? 0;
  const holds = (name: "max_length" | "max_target_length", most: number) => {
    const length = given[name];
    if (length === undefined || length <= most) return length ?? most;
    throw new RangeError(
      `Cannot collate with ${name} ${length}: the model has ${most} positions`,
    );
  };
  return {
    tokenizer,
    head,
    config,
    truncation: given.truncation ?? false,
    // Not the tokenizer's model_max_length: a model that was made LSG on loading holds more.
    maxLength: holds("max_length", maxLength),
    maxTargetLength: holds("max_target_length", targets),
    multiple: given.pad_to_multiple_of ?? 1,
    probability: given.mlm_probability ?? 0.15,
    seed: given.seed ?? 0,
  };
}
