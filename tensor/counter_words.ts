/**
 * Random words that are computed from where they are used: the same on every device, in every order,
 * and when they are asked for again.
 *
 * @module
 */

/** The step of splitmix32: 2³² over the golden ratio. */
export const WORD_STEP = 0x9e3779b9;

/** The finaliser of MurmurHash3: spreads each bit of a word over all 32. */
export function mixWord(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

/**
 * A key of its own for each number.
 *
 * @param key A key, or a seed.
 * @param number A whole number; numbers that are equal in their lowest 32 bits give the same key.
 * @returns The key.
 */
export function subkey(key: number, number: number): number {
  return mixWord((key + Math.imul(number, WORD_STEP)) | 0);
}

/**
 * Output number i of splitmix32 started at a key.
 *
 * @param key The key.
 * @param i The number, from 0.
 * @returns A whole number from 0 to 2³² − 1.
 */
export function wordAt(key: number, i: number): number {
  return subkey(key, i + 1);
}
