import type { Tensor } from "../tensor/tensor.ts";
import type { SpecialTokens } from "./special_tokens.ts";
import type { Template } from "./template.ts";
import type { Token } from "./text_to_tokens.ts";

/** Token ids as models and tokenizers give them: numbers, bigints, or a tensor `[tokens]`. */
export type TokenIds = Iterable<number | bigint> | Tensor;

/** Options of `decode`. */
export interface DecodeOptions {
  /** Whether special tokens are left out (default false). */
  skip_special_tokens?: boolean;
  /** Whether spaces before punctuation go; default: tokenizer_config.json's, else true. */
  clean_up_tokenization_spaces?: boolean;
}

/** What a tokenizer is made of. */
export interface TokenizerParts {
  /** Cuts a text into tokens. */
  textToTokens: (text: string) => Token[];
  /** Where special tokens stand. */
  template: Template;
  /** The number of a token. */
  tokenToId: (token: string) => number | undefined;
  /** The token of a number. */
  idToToken: (id: number) => string | undefined;
  /** The text of some tokens, at least one. */
  tokensToText: (tokens: readonly string[]) => string;
  /** What tokens inside a word begin with, if the vocabulary marks them. */
  subwordPrefix?: string;
  /** Which token has which role. */
  specialTokens: SpecialTokens;
  /** The ids of tokens that the vocabulary marks as special. */
  specialIds: readonly number[];
  /** Whether a call gives `token_type_ids` unless told otherwise. */
  tokenTypes: boolean;
  /** The content of tokenizer_config.json. */
  config: Readonly<Record<string, unknown>>;
}
