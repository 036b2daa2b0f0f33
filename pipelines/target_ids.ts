/**
 * Target words to ids.
 *
 * @module
 */
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";

/**
 * Converts words to ids; for a word that is not in the vocabulary, its first token is used, with a
 * warning.
 *
 * @param tokenizer Tokenizer of the model.
 * @param targets One word, or several, spelled as in the vocabulary or as plain text.
 * @returns The ids, without duplicates.
 * @throws {TypeError} If a word is not a string.
 * @throws {RangeError} If there are no words, or a word has no tokens.
 */
export function targetIds(
  tokenizer: PreTrainedTokenizer,
  targets: string | readonly string[],
): number[] {
  const words = typeof targets === "string" ? [targets] : targets;
  if (!Array.isArray(words) || !words.every((word) => typeof word === "string")) {
    throw new TypeError("Cannot fill masks with these targets: wanted a string or several");
  }
  if (words.length === 0) throw new RangeError("Cannot fill masks with no targets: wanted some");
  return [...new Set(words.map((word) => targetId(tokenizer, word)))];
}

function targetId(tokenizer: PreTrainedTokenizer, word: string): number {
  const tokens = tokenizer.tokenize(word);
  if (tokens.length === 0) {
    throw new RangeError(`Cannot fill masks with the target ${JSON.stringify(word)}: it is empty`);
  }
  const known = tokenizer._idOf(word);
  if (known !== undefined) return known;
  const first = tokenizer.convert_tokens_to_ids(tokens[0]);
  const text = tokenizer.decode([first]);
  // A token that spells the whole word is the word, with or without a space in front.
  if (tokens.length > 1 || text.trim() !== word.trim()) {
    console.warn(
      `The target ${JSON.stringify(word)} is not in the vocabulary: its first token ` +
        `${JSON.stringify(text)} is used instead`,
    );
  }
  return first;
}
