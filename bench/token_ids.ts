/** The first id after the special tokens. */
const FIRST_ID = 5;

/**
 * Makes token ids without special tokens, each far from the previous one in the embedding table.
 *
 * @param tokens Number of ids.
 * @param vocabulary Number of distinct ids.
 * @returns The ids.
 */
export function makeTokenIds(tokens: number, vocabulary: number): number[] {
  return Array.from({ length: tokens }, (_, i) => FIRST_ID + i * 7919 % vocabulary);
}
