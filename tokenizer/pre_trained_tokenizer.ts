import { checkNames, checkOptions, FLAG } from "../base/check_options.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type AnyBatchEncoding, type BatchEncoding, batchEncoding } from "./batch_encoding.ts";
import { Callable } from "../base/callable.ts";
import { checkIds, checkPairs, checkTexts } from "./check_arguments.ts";
import { cleanUp } from "./decoders/word_piece.ts";
import { encodeRows } from "./encode_rows.ts";
import type { EncodedRow } from "./encoded_row.ts";
import { resolveOptions, type RowOptions, type TokenizerOptions } from "./options.ts";
import { paddedLength, padRows } from "./pad_rows.ts";
import { type SpecialTokenRole, specialTokenRoles } from "./special_tokens.ts";
import { readMaxLength, readSide } from "./tokenizer_config.ts";
import type { DecodeOptions, TokenIds, TokenizerParts } from "./tokenizer_parts.ts";

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
 * Text to ids and back, with the calls and names of transformers.js and what Python's fast
 * tokenizers have beside them: strategies of truncation, overlapping windows, offsets.
 *
 * Made by {@linkcode AutoTokenizer} or {@linkcode tokenizerFromFiles}.
 *
 * @example
 * ```ts
 * import { AutoTokenizer } from "@lsg/core/tokenizer";
 * import { assertEquals } from "@std/assert";
 *
 * const tokenizer = await AutoTokenizer.from_pretrained("tests/golden/tokenizer/roberta");
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
 */
export class PreTrainedTokenizer extends Callable {
  /** The token a text begins with. */
  readonly bos_token: string | undefined;
  /** The id of `bos_token`. */
  readonly bos_token_id: number | undefined;
  /** The token a text ends with. */
  readonly eos_token: string | undefined;
  /** The id of `eos_token`. */
  readonly eos_token_id: number | undefined;
  /** The token for what the vocabulary lacks. */
  readonly unk_token: string | undefined;
  /** The id of `unk_token`. */
  readonly unk_token_id: number | undefined;
  /** The token between two texts. */
  readonly sep_token: string | undefined;
  /** The id of `sep_token`. */
  readonly sep_token_id: number | undefined;
  /** The token that short rows are filled with. */
  readonly pad_token: string | undefined;
  /** The id of `pad_token`. */
  readonly pad_token_id: number | undefined;
  /** The token that classifiers read. */
  readonly cls_token: string | undefined;
  /** The id of `cls_token`. */
  readonly cls_token_id: number | undefined;
  /** The token for a hidden word. */
  readonly mask_token: string | undefined;
  /** The id of `mask_token`. */
  readonly mask_token_id: number | undefined;
  /** The special tokens that have a role, then the others of the config. */
  readonly all_special_tokens: string[];
  /** The ids of `all_special_tokens`. */
  readonly all_special_ids: number[];
  /** The longest row that the model takes, special tokens counted; Infinity if unknown. */
  model_max_length: number;
  /** Where padding goes. */
  padding_side: "left" | "right";
  /** What tokens inside a word begin with; undefined if they say nothing of their place. */
  readonly continuing_subword_prefix: string | undefined;
  /** Where tokens are cut off. */
  truncation_side: "left" | "right";
  readonly #parts: TokenizerParts;

  /**
   * Puts a tokenizer together.
   *
   * @param parts What the tokenizer is made of.
   * @throws {TypeError} If tokenizer_config.json has a setting of a wrong type.
   * @throws {RangeError} If a special token is not in the vocabulary, or a setting out of bounds.
   */
  constructor(parts: TokenizerParts) {
    super();
    this.#parts = parts;
    const { specialTokens, config } = parts;
    const idOf = (role: SpecialTokenRole): number | undefined => {
      const token = specialTokens[role];
      return token === undefined ? undefined : this.#knownId(token, role);
    };
    this.bos_token = specialTokens.bos_token;
    this.bos_token_id = idOf("bos_token");
    this.eos_token = specialTokens.eos_token;
    this.eos_token_id = idOf("eos_token");
    this.unk_token = specialTokens.unk_token;
    this.unk_token_id = idOf("unk_token");
    this.sep_token = specialTokens.sep_token;
    this.sep_token_id = idOf("sep_token");
    this.pad_token = specialTokens.pad_token;
    this.pad_token_id = idOf("pad_token");
    this.cls_token = specialTokens.cls_token;
    this.cls_token_id = idOf("cls_token");
    this.mask_token = specialTokens.mask_token;
    this.mask_token_id = idOf("mask_token");
    const tokens = [
      ...specialTokenRoles.map((role) => specialTokens[role]),
      ...specialTokens.additional,
    ];
    this.all_special_tokens = [...new Set(tokens.filter((token) => token !== undefined))];
    this.all_special_ids = this.all_special_tokens.map((token) =>
      this.#knownId(token, "additional_special_tokens")
    );
    this.continuing_subword_prefix = parts.subwordPrefix;
    this.model_max_length = readMaxLength(config);
    this.padding_side = readSide(config, "padding_side");
    this.truncation_side = readSide(config, "truncation_side");
  }

  /**
   * What a call `tokenizer(text, options)` does.
   *
   * @param text A text, or a batch of texts.
   * @param options The options.
   * @returns Ids, masks and what else was asked for.
   * @throws {TypeError} If an option is unknown, or a text is not a string.
   * @throws {RangeError} If an option's value is out of bounds, a text has a lone surrogate, the
   * batch is empty, or the rows of a tensor differ in length.
   */
  override _call(text: string | string[], options: TokenizerOptions = {}): AnyBatchEncoding {
    return batchEncoding(this._encodeRows(text, options), options, !Array.isArray(text));
  }

  /**
   * The rows of a call as typed arrays: for pipelines, which pad and stack them (`padRows`,
   * `stackRows`) without arrays of numbers in between.
   *
   * @param text A text, or a batch of texts.
   * @param options The options of a call that concern rows; `return_token_type_ids` decides on
   * `typeIds`.
   * @returns A row for each text, or with `return_overflowing_tokens` one for each window.
   * @throws {TypeError} If an option is unknown, or a text is not a string.
   * @throws {RangeError} If an option's value is out of bounds, a text has a lone surrogate, the
   * batch is empty, or rows are to be padded without a padding token.
   */
  _encodeRows(text: string | string[], options: RowOptions = {}): EncodedRow[] {
    const settings = resolveOptions(options, this.model_max_length);
    const texts = checkTexts(text, "text");
    const pairs = checkPairs(text, options.text_pair);
    const { textToTokens, template, tokenTypes } = this.#parts;
    const withTypes = options.return_token_type_ids ?? tokenTypes;
    const rows = texts.flatMap((first, sample) => {
      const both = pairs ? [first, pairs[sample]] : [first];
      return encodeRows(both, textToTokens, template, settings, this.truncation_side, sample);
    }).map(({ typeIds, ...row }) => withTypes ? { ...row, typeIds } : row);
    if (!settings.padding) return rows;
    if (this.pad_token_id === undefined) {
      throw new RangeError("Cannot pad: the tokenizer has no pad_token");
    }
    const padding = { id: this.pad_token_id, side: this.padding_side };
    return padRows(rows, paddedLength(rows, settings), padding);
  }

  /**
   * The ids of a text or a pair.
   *
   * @param text The text.
   * @param options A second text, and whether special tokens are put around (default true).
   * @returns The ids, `[tokens]`.
   * @throws {TypeError} If an option is unknown, or a text is not a string.
   */
  encode(
    text: string,
    options: Pick<TokenizerOptions, "add_special_tokens"> & { text_pair?: string | null } = {},
  ): number[] {
    checkNames("Cannot encode", options, ["text_pair", "add_special_tokens"]);
    return this(text, { ...options, return_tensor: false, return_overflowing_tokens: false })
      .input_ids;
  }

  /**
   * The tokens of a text or a pair, as the vocabulary spells them.
   *
   * @param text The text.
   * @param options A second text, and whether special tokens are put around (default false).
   * @returns The tokens.
   * @throws {TypeError} If an option is unknown, or a text is not a string.
   */
  tokenize(
    text: string,
    options: Pick<TokenizerOptions, "add_special_tokens"> & { text_pair?: string | null } = {},
  ): string[] {
    return this.convert_ids_to_tokens(this.encode(text, { add_special_tokens: false, ...options }));
  }

  /**
   * The text of some ids.
   *
   * @param ids The ids, `[tokens]`.
   * @param options Whether special tokens are left out and spaces cleaned up.
   * @returns The text; what is no whole character is U+FFFD.
   * @throws {TypeError} If the ids are no list of numbers, or an option is unknown.
   * @throws {RangeError} If an id is not in the vocabulary.
   */
  decode(ids: TokenIds, options: DecodeOptions = {}): string {
    checkOptions("Cannot decode", options, {
      skip_special_tokens: FLAG,
      clean_up_tokenization_spaces: FLAG,
    });
    const numbers = checkIds(ids);
    const skip = options.skip_special_tokens ?? false;
    const special = new Set([...this.#parts.specialIds, ...this.all_special_ids]);
    const kept = skip ? numbers.filter((id) => !special.has(id)) : numbers;
    const text = this.convert_tokens_to_string(this.convert_ids_to_tokens(kept));
    const cleansUp = options.clean_up_tokenization_spaces ??
      this.#parts.config.clean_up_tokenization_spaces !== false;
    return cleansUp ? cleanUp(text) : text;
  }

  /**
   * The texts of several rows of ids.
   *
   * @param batch The rows: lists of ids, or a tensor `[rows, tokens]`.
   * @param options As for `decode`.
   * @returns One text a row.
   * @throws {TypeError} If the rows are no lists of numbers, or an option is unknown.
   * @throws {RangeError} If an id is not in the vocabulary.
   */
  batch_decode(batch: Iterable<TokenIds> | Tensor, options: DecodeOptions = {}): string[] {
    const rows = batch instanceof Tensor ? batch.tolist() as number[][] : [...batch];
    return rows.map((ids) => this.decode(ids, options));
  }

  /**
   * The text of some tokens.
   *
   * @param tokens The tokens, as the vocabulary spells them or not; none gives the empty text.
   * @returns The text; spaces stay as they are.
   */
  convert_tokens_to_string(tokens: readonly string[]): string {
    return tokens.length === 0 ? "" : this.#parts.tokensToText(tokens);
  }

  /** The id of a token. */
  convert_tokens_to_ids(tokens: string): number;
  /** The ids of tokens. */
  convert_tokens_to_ids(tokens: string[]): number[];
  /**
   * The ids of tokens; of those that the vocabulary lacks, `unk_token_id`.
   *
   * @param tokens A token, or several.
   * @returns The id, or the ids.
   * @throws {RangeError} If the vocabulary lacks a token and has no unknown token.
   */
  convert_tokens_to_ids(tokens: string | string[]): number | number[] {
    const convert = (token: string): number =>
      this.#parts.tokenToId(token) ?? this.unk_token_id ?? this.#knownId(token, "token");
    return Array.isArray(tokens) ? tokens.map(convert) : convert(tokens);
  }

  /** The token of an id. */
  convert_ids_to_tokens(ids: number | bigint): string;
  /** The tokens of ids. */
  convert_ids_to_tokens(ids: TokenIds): string[];
  /**
   * The tokens of ids, as the vocabulary spells them.
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

  #knownId(token: string, role: string): number {
    const id = this.#parts.tokenToId(token);
    if (id === undefined) {
      throw new RangeError(
        `Cannot find the ${role} ${JSON.stringify(token)}: it is not in the vocabulary`,
      );
    }
    return id;
  }
}
