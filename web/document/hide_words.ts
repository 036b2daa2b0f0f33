/**
 * Choice of words to hide.
 *
 * @module
 */
import { Random } from "../../tensor/random.ts";
import type { ReadText } from "./read_text.ts";

/** Least distance between hidden words in tokens, so that each has some context. */
const DISTANCE = 8;

/** A whole word in small letters: names and short words are hidden by nobody. */
const WORD = /^\s*(\p{Ll}{3,})$/u;

/**
 * Chooses random words that are one token each.
 *
 * @param text The text.
 * @param read Its tokens.
 * @param count Number of words; fewer if the text has not enough.
 * @param seed Seed of the choice.
 * @returns Indices of their tokens, ascending.
 */
export function hideWords(
  text: string,
  { ranges }: ReadText,
  count: number,
  seed: number,
): number[] {
  const candidates = ranges.flatMap(([start, end], i) => {
    const isWord = WORD.test(text.slice(start, end)) && !/\p{L}/u.test(text[end] ?? " ") &&
      (/^\s/.test(text.slice(start, end)) || !/[\p{L}'’-]/u.test(text[start - 1] ?? " "));
    return isWord ? [i] : [];
  });
  const random = new Random(seed);
  const chosen: number[] = [];
  while (chosen.length < count && candidates.length > 0) {
    const [at] = candidates.splice(Math.floor(random.uniform() * candidates.length), 1);
    if (chosen.every((other) => Math.abs(other - at) >= DISTANCE)) chosen.push(at);
  }
  return chosen.sort((a, b) => a - b);
}
