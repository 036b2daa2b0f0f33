import type { TokenModel } from "./token_model.ts";

/** Most words that are remembered, and the longest of them: at most some 30 MB. */
const MOST_WORDS = 10_000;
const LONGEST_WORD = 64;

/**
 * Remembers the tokens of words: most words of a text stand in it many times.
 *
 * @param tokenize Tokenizes a word.
 * @returns The same function, faster.
 */
export function rememberWords(tokenize: TokenModel["tokenize"]): TokenModel["tokenize"] {
  const words = new Map<string, ReturnType<TokenModel["tokenize"]>>();
  return (word) => {
    const known = words.get(word);
    if (known !== undefined) return known;
    const found = tokenize(word);
    if (word.length <= LONGEST_WORD) {
      if (words.size === MOST_WORDS) words.clear();
      words.set(word, found);
    }
    return found;
  };
}
