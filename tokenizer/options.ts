import { checkOptions, countFrom, FLAG, type OptionCheck } from "../base/check_options.ts";
import type { TruncationStrategy } from "./windows.ts";

/** What a call of a tokenizer takes beside the text; names and defaults as in transformers.js. */
export interface TokenizerOptions {
  /** A second text, or one for each text of a batch. */
  text_pair?: string | string[] | null;
  /** `true`: pad to the longest row; `"max_length"`: to `max_length`, else the model's length. */
  padding?: boolean | "max_length";
  /** `true` is `"longest_first"`. Absent, with `max_length` and without padding: `true` too. */
  truncation?: boolean | TruncationStrategy | null;
  /** The length to cut or pad to, special tokens counted; absent: `model_max_length`. */
  max_length?: number | null;
  /** Round padded lengths up to a multiple of this. */
  pad_to_multiple_of?: number;
  /** How many tokens a window shares with the one before, where windows overflow. */
  stride?: number;
  /** Whether special tokens are put around the text (default true). */
  add_special_tokens?: boolean;
  /** `true` (default): tensors of type int64; `false`: arrays. */
  return_tensor?: boolean;
  /** Whether to give `token_type_ids`; absent: as `model_input_names` or the tokenizer's class has it. */
  return_token_type_ids?: boolean | null;
  /** Whether truncation gives the rest as further windows, `overflow_to_sample_mapping` beside. */
  return_overflowing_tokens?: boolean;
  /** Whether to give `offset_mapping`. */
  return_offsets_mapping?: boolean;
  /** Whether to give `special_tokens_mask`. */
  return_special_tokens_mask?: boolean;
  /** Whether to give `word_ids`. */
  return_word_ids?: boolean;
}

/** The options of a call that concern its rows, not the form in which it returns them. */
export type RowOptions = Omit<
  TokenizerOptions,
  "return_tensor" | "return_offsets_mapping" | "return_special_tokens_mask" | "return_word_ids"
>;

/** Options of a call after checks and defaults. */
export interface Settings {
  /** Whether special tokens are put around the text. */
  addSpecialTokens: boolean;
  /** Which text is cut; undefined: none. */
  strategy: TruncationStrategy | undefined;
  /** The longest row, if rows are cut; the length of each row, if `padding` is `"max_length"`. */
  maxLength: number;
  /** What shorter rows are padded to. */
  padding: boolean | "max_length";
  /** Padded lengths are multiples of it. */
  multiple: number;
  /** How many tokens windows share. */
  stride: number;
  /** Whether further windows are given. */
  overflow: boolean;
}

const CHECKS: { readonly [Name in keyof Required<TokenizerOptions>]: OptionCheck | undefined } = {
  // Its own check names the text.
  text_pair: undefined,
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
 * Checks options and fills in what they leave open.
 *
 * @param options The options of a call.
 * @param modelMaxLength The tokenizer's `model_max_length`.
 * @returns The settings.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 * @throws {RangeError} If a value is out of bounds or truncation has no length to cut to.
 */
export function resolveOptions(options: TokenizerOptions, modelMaxLength: number): Settings {
  checkOptions("Cannot tokenize", options, CHECKS);
  const padding = options.padding ?? false;
  const truncation = options.truncation ?? (padding === false && options.max_length != null);
  const maxLength = options.max_length ?? modelMaxLength;
  // Configs without a length have 10³⁰.
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
