import type { AlignedText } from "./aligned_text.ts";

/**
 * A character of a rewritten text, and how it relates to the characters before: 0 takes the place of
 * the next of them, 1 is added behind the one before it, −n takes the place of the next and of the n
 * after that.
 */
export type CharacterChange = [character: string, change: number];

/**
 * Rewrites a text by a list of changes, with the alignment that Python's tokenizers give: a
 * character has the place of the one it stands for, an added one that of the character before it.
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
  // The old code unit that comes next.
  let unit = 0;
  for (const [character, change] of changes) {
    const place = change > 0 ? unit - 1 : unit;
    result.text += character;
    for (let i = 0; i < character.length; i++) {
      result.starts.push(starts[place] ?? 0);
      result.ends.push(ends[place] ?? 0);
    }
    for (let taken = change; taken <= 0; taken++) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    }
  }
  return result;
}
