import { spaceLetter } from "./pre_tokenizers/byte_level.ts";
import type { TokenSpan } from "./text_to_tokens.ts";

/**
 * Excludes the spaces at the ends of byte-level tokens from their offsets.
 *
 * Exactly the rule of Python's tokenizers: it looks at the token, not at the text, and assumes that
 * the space of a window's first token was added.
 *
 * @param tokens The text's tokens in one window, without special tokens.
 * @param text The original text.
 * @param addPrefixSpace Whether the tokenizer adds a space in front of a text.
 * @returns The same tokens with trimmed offsets.
 */
export function trimOffsets<Token extends TokenSpan>(
  tokens: readonly Token[],
  text: string,
  addPrefixSpace: boolean,
): Token[] {
  return tokens.map((token, index) => {
    let leading = countSpaces(token.token);
    const trailing = countSpaces([...token.token].reverse().join(""));
    // A single space at the start may be the added one, which is not in the text; two are.
    if (leading === 1 && addPrefixSpace && (index === 0 || token.start === 0)) leading = 0;
    const start = Math.min(stepForward(text, token.start, leading), token.end);
    const end = Math.max(stepBack(text, token.end, trailing), start);
    return { ...token, start, end };
  });
}

/** Counts leading spaces: the byte-level letter for a space, or white space in an added token. */
function countSpaces(token: string): number {
  let count = 0;
  for (const character of token) {
    if (character !== spaceLetter && !/\p{White_Space}/u.test(character)) break;
    count++;
  }
  return count;
}

/** The index `count` characters later; a surrogate pair is one character. */
function stepForward(text: string, index: number, count: number): number {
  for (; count > 0; count--) index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  return index;
}

/** The index `count` characters earlier; a surrogate pair is one character. */
function stepBack(text: string, index: number, count: number): number {
  for (; count > 0 && index > 0; count--) {
    index -= (text.codePointAt(index - 2) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}
