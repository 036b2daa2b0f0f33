import {
  checkOptions,
  checkValues,
  countFrom,
  FLAG,
  oneOf,
  type OptionCheck,
  TEXT,
} from "../base/check_options.ts";
import type { TruncationStrategy } from "./windows.ts";

/** Options of a tokenizer call, with the names and defaults of transformers.js. */
export interface TokenizerOptions {
  /** A second text, or one for each text of a batch. */
  text_pair?: string | string[] | null;
  /**
   * The wanted output for the text, or one for each text of a batch: its ids are returned as
   * `labels`, in the target language if the tokenizer has languages.
   */
  text_target?: string | string[] | null;
  /** Second texts of the targets. */
  text_pair_target?: string | string[] | null;
  /** The language of the text (mBART), such as `en_XX`; absent: the tokenizer's `src_lang`. */
  src_lang?: string;
  /** The language of `text_target`; absent: the tokenizer's `tgt_lang`. */
  tgt_lang?: string;
  /** `true`: pad to the longest row; `"max_length"`: to `max_length`, else the model's length. */
  padding?: boolean | "max_length";
  /** `true` is `"longest_first"`. Absent, with `max_length` and without padding: `true` too. */
  truncation?: boolean | TruncationStrategy | null;
  /** The length to truncate or pad to, including special tokens; absent: `model_max_length`. */
  max_length?: number | null;
  /** Round padded lengths up to a multiple of this. */
  pad_to_multiple_of?: number;
  /** Tokens that a window shares with the one before, with `return_overflowing_tokens`. */
  stride?: number;
  /** Whether to add special tokens (default true). */
  add_special_tokens?: boolean;
  /** `true` (default): int64 tensors; `false`: arrays. */
  return_tensor?: boolean;
  /** Whether to return `token_type_ids`; absent: as `model_input_names` or the class says. */
  return_token_type_ids?: boolean | null;
  /** Whether to return the truncated rest as more rows, with `overflow_to_sample_mapping`. */
  return_overflowing_tokens?: boolean;
  /** Whether to return `offset_mapping`. */
  return_offsets_mapping?: boolean;
  /** Whether to return `special_tokens_mask`. */
  return_special_tokens_mask?: boolean;
  /** Whether to return `word_ids`. */
  return_word_ids?: boolean;
}

/** The options of a call that concern its rows, not the form in which it returns them. */
export type RowOptions = Omit<
  TokenizerOptions,
  | "text_target"
  | "text_pair_target"
  | "tgt_lang"
  | "return_tensor"
  | "return_offsets_mapping"
  | "return_special_tokens_mask"
  | "return_word_ids"
>;

/** Options of a call after checks and defaults. */
export interface Settings {
  /** Whether special tokens are added. */
  addSpecialTokens: boolean;
  /** Which text is truncated; undefined: none. */
  strategy: TruncationStrategy | undefined;
  /** The longest row if rows are truncated; every row's length if `padding` is `"max_length"`. */
  maxLength: number;
  /** The length that shorter rows are padded to. */
  padding: boolean | "max_length";
  /** Padded lengths are multiples of this. */
  multiple: number;
  /** Tokens that consecutive windows share. */
  stride: number;
  /** Whether more windows than the first are returned. */
  overflow: boolean;
}

const CHECKS: { readonly [Name in keyof Required<TokenizerOptions>]: OptionCheck | undefined } = {
  // Checked with the texts.
  text_pair: undefined,
  text_target: undefined,
  text_pair_target: undefined,
  src_lang: TEXT,
  tgt_lang: TEXT,
  padding: {
    type: ["boolean", "string"],
    wanted: 'true, false or "max_length"',
    accepts: (value) => typeof value === "boolean" || value === "max_length",
  },
  truncation: {
    type: ["boolean", "string"],
    wanted: 'true, false, "longest_first", "only_first" or "only_second"',
    accepts: (value) =>
      typeof value === "boolean" ||
      ["longest_first", "only_first", "only_second"].includes(value as string),
    nullable: true,
  },
  max_length: { ...countFrom(1), nullable: true },
  pad_to_multiple_of: countFrom(1),
  stride: countFrom(0),
  add_special_tokens: FLAG,
  return_tensor: FLAG,
  return_token_type_ids: { ...FLAG, nullable: true },
  return_overflowing_tokens: FLAG,
  return_offsets_mapping: FLAG,
  return_special_tokens_mask: FLAG,
  return_word_ids: FLAG,
};

/**
 * Checks options and fills in defaults.
 *
 * @param options The options of a call.
 * @param modelMaxLength The tokenizer's `model_max_length`.
 * @returns The settings.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 * @throws {RangeError} If a value is out of bounds, or the length to truncate or pad to is unknown.
 */
export function resolveOptions(options: TokenizerOptions, modelMaxLength: number): Settings {
  checkOptions("Cannot tokenize", options, CHECKS);
  const padding = options.padding ?? false;
  const truncation = options.truncation ?? (padding === false && options.max_length != null);
  const maxLength = options.max_length ?? modelMaxLength;
  // Configs without a length say 10³⁰.
  if ((truncation || padding === "max_length") && !Number.isSafeInteger(maxLength)) {
    throw new RangeError(
      `Cannot ${truncation ? "truncate" : "pad"} without a length: wanted max_length, as the ` +
        "tokenizer has no model_max_length",
    );
  }
  const multiple = options.pad_to_multiple_of ?? 1;
  if (truncation && padding && maxLength % multiple !== 0) {
    throw new RangeError(
      `Cannot truncate to ${maxLength} and pad to multiples of ${multiple}: wanted a max_length ` +
        "that is such a multiple",
    );
  }
  return {
    addSpecialTokens: options.add_special_tokens ?? true,
    strategy: truncation === true ? "longest_first" : truncation || undefined,
    maxLength,
    padding,
    multiple,
    stride: options.stride ?? 0,
    overflow: options.return_overflowing_tokens ?? false,
  };
}

const SIDE = oneOf(["left", "right"]);

const SETTINGS = {
  model_max_length: {
    type: "number",
    wanted: "a number ≥ 1",
    accepts: (value: unknown) => Number(value) >= 1,
  },
  padding_side: SIDE,
  truncation_side: SIDE,
} satisfies Record<string, OptionCheck>;

/**
 * Checks the settings of a tokenizer that programs may change.
 *
 * @param tokenizer The tokenizer.
 * @throws {TypeError} If one is of a wrong type.
 * @throws {RangeError} If one is out of bounds.
 */
export function checkSettings(
  tokenizer: { readonly [Name in keyof typeof SETTINGS]: unknown },
): void {
  checkValues("Cannot tokenize", tokenizer, SETTINGS);
}
