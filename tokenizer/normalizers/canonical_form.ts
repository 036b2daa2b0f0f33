import type { AlignedText } from "../aligned_text.ts";
import { type CharacterChange, writeChanges } from "../change_characters.ts";
import { AlignedWriter } from "../rewrite_aligned.ts";
import { decompose, isMark } from "../unicode_tables.ts";

/** A normal form of Unicode. */
export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/**
 * Converts a text to a Unicode normal form. JavaScript has the forms; the code here tracks the
 * alignment: which characters became which.
 *
 * @param aligned The text.
 * @param form The normal form.
 * @returns The text in that form.
 */
export function canonicalForm(aligned: AlignedText, form: UnicodeForm): AlignedText {
  const { text } = aligned;
  const decomposedForm = form === "NFKC" || form === "NFKD" ? "NFKD" : "NFD";
  const isComposed = form === "NFC" || form === "NFKC";
  const writer = new AlignedWriter(aligned);
  // No form changes ASCII, nor joins it to what stands before it.
  for (const { 0: run, index } of text.matchAll(/[\0-\x7f]?[^\0-\x7f]+/g)) {
    // JavaScript's own sorting of marks takes the square of their number.
    const hasManyMarks = /\p{M}{200}/u.test(run);
    if (!hasManyMarks && run.normalize(form) === run) continue;
    const decomposed = partsOf(run, decomposedForm);
    writeChanges(writer, isComposed ? compose(decomposed) : decomposed, text, index);
  }
  return writer.finish();
}

/** Decomposes each character; combining marks are in canonical order, each with its change. */
function partsOf(text: string, form: "NFD" | "NFKD"): CharacterChange[] {
  const changes: CharacterChange[] = [];
  let marks: CharacterChange[] = [];
  const addMarks = () => {
    for (const mark of marks.length > 1 ? inOrder(marks) : marks) changes.push(mark);
    marks = [];
  };
  for (const character of text) {
    for (const [i, part] of [...decompose(character, form)].entries()) {
      const change: CharacterChange = [part, Math.min(i, 1)];
      if (isCombining(part)) marks.push(change);
      else {
        addMarks();
        changes.push(change);
      }
    }
  }
  addMarks();
  return changes;
}

/** Sorts marks by their classes; marks of one class keep their order. */
function inOrder(marks: readonly CharacterChange[]): CharacterChange[] {
  // Most runs repeat few marks: those alone are compared by JavaScript's normal form.
  const kinds = [...new Set(marks.map(([mark]) => mark))]
    .sort((a, b) => combinesBefore(a, b) ? -1 : combinesBefore(b, a) ? 1 : 0);
  const ranks = new Map<string, number>();
  let rank = 0;
  for (const [i, kind] of kinds.entries()) {
    if (i > 0 && combinesBefore(kinds[i - 1], kind)) rank++;
    ranks.set(kind, rank);
  }
  return marks.toSorted(([a], [b]) => ranks.get(a)! - ranks.get(b)!);
}

/** Joins parts into characters, by Unicode's canonical composition. */
function compose(parts: readonly CharacterChange[]): CharacterChange[] {
  const changes: CharacterChange[] = [];
  // Index of the last starter; only marks that did not combine with it follow.
  let starter = -1;
  for (const [part, change] of parts) {
    const last = changes.length - 1;
    const isMark = isCombining(part);
    // A remaining mark in between blocks a part unless that combines after it.
    const isBlocked = starter < last && !(isMark && combinesBefore(changes[last][0], part));
    if (starter >= 0 && !isBlocked) {
      const joined = (changes[starter][0] + part).normalize("NFC");
      if ([...joined].length === 1) {
        changes[starter] = [joined, changes[starter][1] + change - 1];
        continue;
      }
    }
    if (!isMark) starter = changes.length;
    changes.push([part, change]);
  }
  return changes;
}

/** Whether a character has a combining class: then it is reordered with marks of other classes. */
function isCombining(character: string): boolean {
  // The overlay has class 1, the ring below class 220.
  return isMark(character) &&
    (combinesBefore("\u0334", character) || combinesBefore(character, "\u0325"));
}

/** Whether the first of two marks has the lower class: NFD then swaps them if they are reversed. */
function combinesBefore(first: string, second: string): boolean {
  const reversed = second + first;
  return reversed.normalize("NFD") !== reversed;
}
