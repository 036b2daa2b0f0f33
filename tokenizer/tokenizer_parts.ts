import type { Tensor } from "../tensor/tensor.ts";
import type { ChatTemplates } from "./chat/chat_template_options.ts";
import type { Languages } from "./languages.ts";
import type { SpecialTokens } from "./special_tokens.ts";
import type { Template } from "./template.ts";
import type { Token } from "./text_to_tokens.ts";

/** Token ids: numbers, bigints, or a tensor `[tokens]`. */
export type TokenIds = Iterable<number | bigint> | Tensor;

/** Options of `decode`. */
export interface DecodeOptions {
  /** Whether to omit special tokens (default false). */
  skip_special_tokens?: boolean;
  /** Whether to remove spaces before punctuation; default: tokenizer_config.json's, else true. */
  clean_up_tokenization_spaces?: boolean;
}

/** The parts of a tokenizer. */
export interface TokenizerParts {
  /** Tokenizes a text, without adding special tokens. */
  textToTokens: (text: string) => Token[];
  /** The layout of rows with special tokens, for tokenizers without languages. */
  template: Template;
  /** The languages, whose tokens stand beside texts. */
  languages?: Languages;
  /** Looks up the id of a token. */
  tokenToId: (token: string) => number | undefined;
  /** Looks up the token of an id. */
  idToToken: (id: number) => string | undefined;
  /** Joins tokens, at least one, to a text. */
  tokensToText: (tokens: readonly string[]) => string;
  /** The prefix of tokens that continue a word, if the vocabulary marks them. */
  subwordPrefix?: string;
  /** The special tokens by role. */
  specialTokens: SpecialTokens;
  /** The ids of added tokens that are marked as special. */
  specialIds: readonly number[];
  /** The chat templates, if there are any. */
  chatTemplates?: ChatTemplates;
  /** Whether a call returns `token_type_ids` by default. */
  tokenTypes: boolean;
  /** The content of tokenizer_config.json. */
  config: Readonly<Record<string, unknown>>;
}
