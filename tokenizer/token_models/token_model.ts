import type { TokenSpan } from "../text_to_tokens.ts";

/** The id of each token: a map or a table. */
export type TokenIds = Pick<ReadonlyMap<string, number>, "get" | "size">;

/** Splits a word into tokens of a vocabulary. */
export interface TokenModel {
  /** Tokenizes a word; tokens have their ranges in it, in code units. The result may be cached. */
  tokenize: (word: string) => readonly Readonly<TokenSpan>[];
  /** The id of each token. */
  ids: TokenIds;
  /** The token of an id; undefined if there is none, as ids may be missing in between. */
  tokenOf: (id: number) => string | undefined;
  /** The prefix of tokens that continue a word, if the vocabulary marks them. */
  subwordPrefix?: string;
}
