/** Ids of special tokens come before it. */
const FIRST_WORD = 5;

/**
 * Ids of a text without special tokens, each far from the one before it in the word table.
 *
 * @param tokens How many.
 * @param words How many different ones.
 * @returns The ids.
 */
export function drawIds(tokens: number, words: number): number[] {
  return Array.from({ length: tokens }, (_, i) => FIRST_WORD + i * 7919 % words);
}
