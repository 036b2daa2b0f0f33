import type { TokenSpan } from "../text_to_tokens.ts";

/** Cuts a word into tokens of a vocabulary. */
export interface TokenModel {
  /** The tokens of a word, with their start and end in it, in code units. Shared: do not modify. */
  tokenize: (word: string) => readonly Readonly<TokenSpan>[];
  /** The id of each token. */
  ids: ReadonlyMap<string, number>;
  /** The token of each id; ids may be missing in between. */
  tokens: readonly (string | undefined)[];
  /** The prefix of tokens inside a word, if the vocabulary marks them. */
  subwordPrefix?: string;
}
