import type { AlignedText } from "./aligned_text.ts";
import { AlignedWriter } from "./rewrite_aligned.ts";

/**
 * A character of a rewritten text, and how it relates to the old characters: 0 replaces the next
 * one, 1 is inserted after the one before, −n replaces the next one and n more.
 */
export type CharacterChange = [character: string, change: number];

/**
 * Rewrites a text by a list of changes, with the alignment of Python's tokenizers: a replacement
 * has the range of the character that it replaces, an insertion that of the character before it.
 *
 * @param aligned The text.
 * @param changes The characters of the new text, in order.
 * @returns The new text.
 */
export function changeCharacters(
  aligned: AlignedText,
  changes: readonly CharacterChange[],
): AlignedText {
  const writer = new AlignedWriter(aligned);
  const { text } = aligned;
  const end = writeChanges(writer, changes, text, 0);
  // Where the first characters were left out, each change took the place of one before its own.
  if (end < text.length) writer.write("", end, text.length, -1);
  return writer.finish();
}

/**
 * Writes changes.
 *
 * @param writer It has written nothing that stands behind `unit`.
 * @param changes The characters of the new text, in order.
 * @param text The old text.
 * @param unit Where they begin in the old text.
 * @returns Where what they replace ends.
 */
export function writeChanges(
  writer: AlignedWriter,
  changes: readonly CharacterChange[],
  text: string,
  unit: number,
): number {
  for (const [character, change] of changes) {
    const start = unit;
    const origin = change > 0 ? unit - 1 : unit;
    for (let replaced = change; replaced <= 0; replaced++) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    }
    writer.write(character, start, unit, origin < text.length ? origin : -1);
  }
  return unit;
}
