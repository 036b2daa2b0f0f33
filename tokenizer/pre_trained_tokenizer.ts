import { checkNames, checkOptions, FLAG } from "../base/check_options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type AnyBatchEncoding, type BatchEncoding, batchEncoding } from "./batch_encoding.ts";
import { ChatTokenizer } from "./chat_tokenizer.ts";
import {
  checkIds,
  checkList,
  checkPairs,
  checkText,
  checkTexts,
  checkTokens,
  onlyRow,
} from "./check_arguments.ts";
import { cleanUp } from "./decoders/clean_up.ts";
import { encodeRows } from "./encode_rows.ts";
import type { EncodedRow } from "./encoded_row.ts";
import {
  checkSettings,
  resolveOptions,
  type RowOptions,
  type TokenizerOptions,
} from "./options.ts";
import { paddedLength, padRows } from "./pad_rows.ts";
import type { Template } from "./template.ts";
import { readSettings } from "./tokenizer_config.ts";
import { knownId, refuseLanguage } from "./tokenizer_tokens.ts";
import type { DecodeOptions, TokenIds, TokenizerParts } from "./tokenizer_parts.ts";

/** Options of `encode` and `tokenize`. */
export interface EncodeOptions extends Pick<TokenizerOptions, "add_special_tokens" | "src_lang"> {
  /** A second text. */
  text_pair?: string | null;
}

/** The call `tokenizer(text, options)`: see {@linkcode TokenizerOptions}. */
export interface PreTrainedTokenizer {
  /** Arrays `[tokens]`, for a single text. */
  (
    text: string,
    options: TokenizerOptions & { return_tensor: false; return_overflowing_tokens?: false },
  ): BatchEncoding<number[], [number, number][], (number | null)[]>;
  /** Arrays `[rows][tokens]`. */
  (
    text: string | string[],
    options: TokenizerOptions & { return_tensor: false },
  ): BatchEncoding<number[][]>;
  /** Tensors `[rows, tokens]`. */
  (text: string | string[], options?: TokenizerOptions & { return_tensor?: true }): BatchEncoding;
}

/**
 * Converts text to ids and back, with the interface of transformers.js and, from Python's fast
 * tokenizers, truncation strategies, overlapping windows and offsets.
 *
 * Created by {@linkcode AutoTokenizer} or {@linkcode tokenizerFromFiles}.
 *
 * @example
 * ```ts
 * import { AutoTokenizer } from "@lsg/core/tokenizer";
 * import { assertEquals } from "@std/assert";
 *
 * const tokenizer = await AutoTokenizer.from_pretrained("FacebookAI/roberta-base");
 * const { input_ids, attention_mask } = tokenizer(["One text.", "Two"], { padding: true });
 * assertEquals(input_ids.dims, attention_mask.dims);
 *
 * const text = "Find the 😀 here.";
 * const { offset_mapping } = tokenizer(text, {
 *   return_tensor: false,
 *   return_offsets_mapping: true,
 * });
 * const pieces = offset_mapping!.map(([start, end]) => text.slice(start, end));
 * assertEquals(pieces.includes("😀"), true);
 * assertEquals(tokenizer.decode(tokenizer.encode(text), { skip_special_tokens: true }), text);
 * ```
 *
 * @example Languages and labels
 * ```ts
 * import { AutoTokenizer } from "@lsg/core/tokenizer";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const tokenizer = await AutoTokenizer.from_pretrained(
 *   "facebook/mbart-large-50-many-to-many-mmt",
 *   { src_lang: "en_XX", tgt_lang: "ro_RO" },
 * );
 * const { input_ids, labels } = tokenizer("Hello", { text_target: "Salut" });
 * assertEquals(tokenizer.batch_decode(input_ids), ["en_XX Hello</s>"]);
 * assertEquals(tokenizer.batch_decode(labels!), ["ro_RO Salut</s>"]);
 * assert(tokenizer.language_codes.includes("de_DE"));
 * ```
 */
export class PreTrainedTokenizer extends ChatTokenizer {
  /** The model's maximum length, including special tokens; Infinity if unknown. */
  model_max_length: number;
  /** The side that padding is added to. */
  padding_side: "left" | "right";
  /** The prefix of tokens that continue a word; undefined if the vocabulary does not mark them. */
  readonly continuing_subword_prefix: string | undefined;
  /** Whether `decode()` removes spaces before punctuation, unless its option says otherwise. */
  readonly clean_up_tokenization_spaces: boolean;
  /** The side that is truncated. */
  truncation_side: "left" | "right";
  readonly #parts: TokenizerParts;
  readonly #specialIds: ReadonlySet<number>;

  /**
   * Creates a tokenizer.
   *
   * @param parts Its parts.
   * @throws {TypeError} If tokenizer_config.json has a malformed setting.
   * @throws {RangeError} If a special token is not in the vocabulary.
   */
  constructor(parts: TokenizerParts) {
    super(parts);
    this.#parts = parts;
    this.#specialIds = new Set(parts.specialIds);
    const { maxLength, paddingSide, truncationSide } = readSettings(parts.config);
    this.continuing_subword_prefix = parts.subwordPrefix;
    this.clean_up_tokenization_spaces = parts.config.clean_up_tokenization_spaces !== false;
    this.model_max_length = maxLength;
    this.padding_side = paddingSide;
    this.truncation_side = truncationSide;
  }

  /**
   * Implements the call `tokenizer(text, options)`.
   *
   * @param text A text, or a batch of texts.
   * @param options The options.
   * @returns Ids, masks and the optional outputs that were asked for.
   * @throws {TypeError} If an option is unknown, or a text is not a string.
   * @throws {RangeError} If an option's value is out of bounds, a text has a lone surrogate, the
   * batch is empty, or tensors are wanted and the rows differ in length.
   */
  override _call(text: string | string[], options: TokenizerOptions = {}): AnyBatchEncoding {
    const single = !Array.isArray(text);
    const encoding = batchEncoding(this._encodeRows(text, options), options, single);
    const { text_target, text_pair_target, tgt_lang, src_lang: _, ...rest } = options;
    if (text_target === undefined || text_target === null) {
      if ((tgt_lang ?? text_pair_target ?? null) === null) return encoding;
      throw new RangeError(
        "Cannot tokenize with tgt_lang or text_pair_target alone: wanted text_target",
      );
    }
    checkPairs(text, text_target, ["text", "text_target"]);
    checkPairs(text_target, text_pair_target, ["text_target", "text_pair_target"]);
    const languages = this.#parts.languages;
    const src_lang = tgt_lang ?? languages?.target;
    if (languages && src_lang === undefined) {
      throw new RangeError(
        "Cannot tokenize text_target without tgt_lang: wanted one of language_codes",
      );
    }
    const targetOptions = { ...rest, text_pair: text_pair_target, src_lang };
    const rows = this._encodeRows(text_target, targetOptions);
    const labels = batchEncoding(rows, targetOptions, single).input_ids;
    return { ...encoding, labels } as AnyBatchEncoding;
  }

  /**
   * Encodes texts as typed arrays, for pipelines: they pad and stack the rows (`padRows`,
   * `stackRows`) without intermediate arrays of numbers.
   *
   * @param text A text, or a batch of texts.
   * @param options The options; `return_token_type_ids` decides whether rows have `typeIds`.
   * @returns A row per text, or with `return_overflowing_tokens` per window.
   * @throws {TypeError} If an option is unknown, or a text is not a string.
   * @throws {RangeError} If an option's value is out of bounds, a text has a lone surrogate, the
   * batch is empty, or padding is asked for and there is no padding token.
   */
  _encodeRows(text: string | string[], options: RowOptions = {}): EncodedRow[] {
    checkSettings(this);
    const settings = resolveOptions(options, this.model_max_length);
    const texts = checkTexts(text, "text");
    const pairs = checkPairs(text, options.text_pair);
    const { textToTokens, tokenTypes } = this.#parts;
    const template = this.#template(options.src_lang ?? undefined);
    const withTypes = options.return_token_type_ids ?? tokenTypes;
    const rows = texts.flatMap((first, sample) => {
      const both = pairs ? [first, pairs[sample]] : [first];
      return encodeRows(both, textToTokens, template, settings, this.truncation_side, sample);
    }).map(({ typeIds, ...row }) => withTypes ? { ...row, typeIds } : row);
    if (!settings.padding) return rows;
    if (this.pad_token_id === undefined) {
      throw new RangeError(
        "Cannot pad: the tokenizer has no pad_token; wanted one to be set, as by " +
          "tokenizer.pad_token = tokenizer.eos_token",
      );
    }
    const padding = { id: this.pad_token_id, side: this.padding_side };
    return padRows(rows, paddedLength(rows, settings), padding);
  }

  /**
   * Encodes a text or a pair.
   *
   * @param text The text.
   * @param options A second text, whether to add special tokens (default true), the language.
   * @returns The ids, `[tokens]`.
   * @throws {TypeError} If an option is unknown, or the text is not a string.
   */
  encode(
    text: string,
    options: EncodeOptions = {},
  ): number[] {
    return this.#encode(text, options, true);
  }

  /**
   * Splits a text or a pair into tokens, as spelled in the vocabulary.
   *
   * @param text The text.
   * @param options A second text, whether to add special tokens (default false), the language.
   * @returns The tokens.
   * @throws {TypeError} If an option is unknown, or a text is not a string.
   */
  tokenize(
    text: string,
    options: EncodeOptions = {},
  ): string[] {
    return this.convert_ids_to_tokens(this.#encode(text, options, false));
  }

  #encode(text: string, options: EncodeOptions, add_special_tokens: boolean): number[] {
    return this(checkText(text, "text"), {
      add_special_tokens,
      ...checkNames("Cannot encode", options, ["text_pair", "add_special_tokens", "src_lang"]),
      return_tensor: false,
    }).input_ids;
  }

  /**
   * Decodes ids.
   *
   * @param ids The ids, `[tokens]`; a tensor may be `[1, tokens]`.
   * @param options Whether to omit special tokens and to clean up spaces.
   * @returns The text; bytes that do not form a character become U+FFFD.
   * @throws {TypeError} If `ids` is not a list of numbers, or an option is unknown.
   * @throws {RangeError} If an id is not in the vocabulary.
   */
  decode(ids: TokenIds, options: DecodeOptions = {}): string {
    checkOptions("Cannot decode", options, {
      skip_special_tokens: FLAG,
      clean_up_tokenization_spaces: FLAG,
    });
    const numbers = checkIds(onlyRow(ids));
    const skip = options.skip_special_tokens ?? false;
    const kept = skip ? numbers.filter((id) => !this.#specialIds.has(id)) : numbers;
    const text = this.convert_tokens_to_string(this.convert_ids_to_tokens(kept));
    const cleansUp = options.clean_up_tokenization_spaces ?? this.clean_up_tokenization_spaces;
    return cleansUp ? cleanUp(text) : text;
  }

  /**
   * Decodes several rows of ids.
   *
   * @param batch The rows: lists of ids, or a tensor `[rows, tokens]`.
   * @param options As for `decode`.
   * @returns One text per row.
   * @throws {TypeError} If a row is not a list of numbers, there is no list of rows, or an option is unknown.
   * @throws {RangeError} If an id is not in the vocabulary.
   */
  batch_decode(batch: Iterable<TokenIds> | Tensor, options: DecodeOptions = {}): string[] {
    return checkList("Cannot decode", batch, "rows")
      .map((ids) => this.decode(ids as TokenIds, options));
  }

  /**
   * Joins tokens to a text.
   *
   * @param tokens The tokens, whether or not the vocabulary has them.
   * @returns The text, spaces not cleaned up; empty if there are no tokens.
   * @throws {TypeError} If `tokens` is not a list of strings.
   */
  convert_tokens_to_string(tokens: readonly string[]): string {
    const list = checkTokens(tokens);
    return list.length === 0 ? "" : this.#parts.tokensToText(list);
  }

  /** The id of a token. */
  convert_tokens_to_ids(tokens: string): number;
  /** The ids of tokens. */
  convert_tokens_to_ids(tokens: string[]): number[];
  /**
   * Looks up the ids of tokens; tokens that the vocabulary lacks have `unk_token_id`.
   *
   * @param tokens A token, or several.
   * @returns The id, or the ids.
   * @throws {TypeError} If `tokens` is neither a string nor a list of strings.
   * @throws {RangeError} If the vocabulary lacks a token and there is no `unk_token`.
   */
  convert_tokens_to_ids(tokens: string | string[]): number | number[] {
    const convert = (token: string): number =>
      this.#parts.tokenToId(token) ?? this.unk_token_id ??
        knownId(this.#parts.tokenToId, token, "token");
    return typeof tokens === "string" ? convert(tokens) : checkTokens(tokens).map(convert);
  }

  /**
   * Looks up the id of a token, for pipelines.
   *
   * @param token The token as spelled in the vocabulary.
   * @returns Its id; undefined if the vocabulary lacks it.
   */
  _idOf(token: string): number | undefined {
    return this.#parts.tokenToId(token);
  }

  /** The token of an id. */
  convert_ids_to_tokens(ids: number | bigint): string;
  /** The tokens of ids. */
  convert_ids_to_tokens(ids: TokenIds): string[];
  /**
   * Looks up the tokens of ids, as spelled in the vocabulary.
   *
   * @param ids An id, or several.
   * @returns The token, or the tokens.
   * @throws {RangeError} If an id is not in the vocabulary.
   */
  convert_ids_to_tokens(ids: number | bigint | TokenIds): string | string[] {
    const convert = (id: number): string => {
      const token = this.#parts.idToToken(id);
      if (token === undefined) {
        throw new RangeError(`Cannot find the token of id ${id}: it is not in the vocabulary`);
      }
      return token;
    };
    if (typeof ids === "number" || typeof ids === "bigint") return convert(Number(ids));
    return checkIds(ids).map(convert);
  }

  /** The layout of rows, of a language if the tokenizer has languages. */
  #template(code: string | undefined): Template {
    const { languages, template } = this.#parts;
    if (languages) return languages.template(languages.idOf(code ?? languages.source, "src_lang"));
    return code === undefined ? template : refuseLanguage(code);
  }
}
