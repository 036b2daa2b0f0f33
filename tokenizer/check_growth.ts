import type { AlignedText } from "./aligned_text.ts";

/** How much longer than the original text a rewritten one may be: no character becomes 100. */
const MAX_GROWTH = 100;
const MIN_ROOM = 1000;

/**
 * Computes the length that a text may get by rewriting; without it a file of a few replacements,
 * each of which doubles the text, would fill the memory.
 *
 * @param length The length of the original text.
 * @returns The largest number of code units.
 */
export function roomFor(length: number): number {
  return MIN_ROOM + MAX_GROWTH * length;
}

/**
 * Asserts that a rewritten text is not too long.
 *
 * @param aligned The text before the step.
 * @param length The number of code units after it.
 * @throws {RangeError} If it is.
 */
export function checkGrowth(aligned: AlignedText, length: number): void {
  const units = aligned.text.length;
  const original = units === 0 ? 0 : aligned.endAt(units - 1) - aligned.startAt(0);
  if (length > roomFor(original)) {
    throw new RangeError(
      `Cannot normalize ${original} letters: the tokenizer makes more than ${roomFor(original)}`,
    );
  }
}
