/**
 * Readers of the simplest parts of a tokenizer.json: none, and those of byte-level BPE. Readers of all
 * others are imported where they are needed.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import type { AlignedText } from "./aligned_text.ts";
import { byteLevelDecoder } from "./decoders/byte_level.ts";
import { JsonPart } from "./json_part.ts";
import { byteLevelWords } from "./pre_tokenizers/byte_level.ts";

/** What happens to a text before the model sees its words, and to tokens in the end. */
export interface TextParts {
  /** Rewrites a text before it is split into words. */
  readonly normalize: (aligned: AlignedText) => AlignedText;
  /** Splits a text, not empty, into words. */
  readonly preTokenize: (aligned: AlignedText) => AlignedText[];
  /** Converts tokens to strings, whose concatenation is the text. */
  readonly decode: (tokens: readonly string[]) => readonly string[];
}

/** The parts of a tokenizer.json that describe {@linkcode TextParts}. */
export interface JsonTextParts {
  /** The normalizer. */
  readonly normalizer?: unknown;
  /** The pre-tokenizer. */
  readonly pre_tokenizer?: unknown;
  /** The decoder. */
  readonly decoder?: unknown;
}

/** Tells whether there is no normalizer, and no other type than `ByteLevel`. */
export function arePlain({ normalizer, pre_tokenizer, decoder }: JsonTextParts): boolean {
  return isAbsent(normalizer) && isPlain(pre_tokenizer) && isPlain(decoder);
}

/** Tells whether a pre-tokenizer or a decoder is absent, or of type `ByteLevel`. */
export function isPlain(value: unknown): boolean {
  return isAbsent(value) || (isJsonObject(value) && value.type === "ByteLevel");
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/**
 * Reads plain parts.
 *
 * @param json The tokenizer.json.
 * @param name Its name in messages.
 * @param isAdded Whether a token is an added token, whose letters are literal.
 * @returns The parts.
 * @throws {TypeError} If one is malformed.
 */
export function readPlainParts(
  { pre_tokenizer, decoder }: JsonTextParts,
  name: string,
  isAdded: (token: string) => boolean,
): TextParts {
  return {
    normalize: (aligned) => aligned,
    preTokenize: plainPreTokenizer(pre_tokenizer, `pre_tokenizer of ${name}`),
    decode: plainDecoder(decoder, isAdded),
  };
}

/**
 * Reads a plain pre-tokenizer.
 *
 * @param value The value of `pre_tokenizer`.
 * @param name Its name in messages.
 * @returns The pre-tokenizer; for null the text is a single word.
 * @throws {TypeError} If it is malformed.
 */
export function plainPreTokenizer(
  value: unknown,
  name: string,
): (aligned: AlignedText) => AlignedText[] {
  if (isAbsent(value)) return (aligned) => [aligned];
  const part = new JsonPart(value, name);
  const options = {
    add_prefix_space: part.boolean("add_prefix_space", false),
    use_regex: part.boolean("use_regex", true),
  };
  return (aligned) => byteLevelWords(aligned, options);
}

/**
 * Reads a plain decoder.
 *
 * @param value The value of `decoder`.
 * @param isAdded Whether a token is an added token, whose letters are literal.
 * @returns The decoder; for null it joins the tokens with spaces.
 */
export function plainDecoder(
  value: unknown,
  isAdded: (token: string) => boolean,
): (tokens: readonly string[]) => readonly string[] {
  return isAbsent(value) ? (tokens) => [tokens.join(" ")] : byteLevelDecoder(isAdded);
}
