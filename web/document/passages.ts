/**
 * Passages of a text.
 *
 * @module
 */
import type { Passage } from "./protocol.ts";

/** A passage ends with the sentence in which it gets this long, in letters. */
const LENGTH = 420;

/** A sentence without an end is cut. */
const MOST = 1200;

/** The end of a sentence and the space after it, or an empty line. */
const END = /(?<=[.!?…]["'”’)\]]*)\s+(?=["'“‘(\[]*[\p{Lu}\p{N}])|\n\s*\n|(?<=[。！？])/gu;

/**
 * Splits a text into passages of some sentences.
 *
 * @param text The text.
 * @returns The passages in order; white space between them belongs to none.
 */
export function splitPassages(text: string): Passage[] {
  const passages: Passage[] = [];
  let [start, last] = [0, 0];
  const close = (end: number) => {
    const part = text.slice(start, end);
    const [lead, trail] = [part.length - part.trimStart().length, part.trimEnd().length];
    if (trail > lead) passages.push({ start: start + lead, end: start + trail });
    start = last = end;
  };
  for (const { index, 0: space } of text.matchAll(END)) {
    while (index - start > MOST) close(last > start ? last : start + MOST);
    last = index + space.length;
    const isHeading = /\n\s*\n/.test(space) && last - start < 40;
    if (last - start >= LENGTH && !isHeading) close(last);
  }
  while (text.length - start > MOST) close(last > start ? last : start + MOST);
  close(text.length);
  return passages;
}
