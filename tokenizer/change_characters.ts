import type { AlignedText } from "./aligned_text.ts";

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
  const { text, starts, ends } = aligned;
  const result: AlignedText = { text: "", starts: [], ends: [] };
  // Index of the next code unit of the old text.
  let unit = 0;
  for (const [character, change] of changes) {
    const origin = change > 0 ? unit - 1 : unit;
    result.text += character;
    for (let i = 0; i < character.length; i++) {
      result.starts.push(starts[origin] ?? 0);
      result.ends.push(ends[origin] ?? 0);
    }
    for (let replaced = change; replaced <= 0; replaced++) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    }
  }
  return result;
}
