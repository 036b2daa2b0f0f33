import type { AlignedText } from "../aligned_text.ts";
import { changeCharacters, type CharacterChange } from "../change_characters.ts";
import { decompose, isMark } from "../unicode_tables.ts";

/** A normal form of Unicode. */
export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/**
 * Brings a text into a normal form of Unicode. JavaScript has the forms; what is done here is the
 * alignment: which characters became which.
 *
 * @param aligned The text.
 * @param form The normal form.
 * @returns The text in that form.
 */
export function canonicalForm(aligned: AlignedText, form: UnicodeForm): AlignedText {
  if (aligned.text.normalize(form) === aligned.text) return aligned;
  const compatible = form === "NFKC" || form === "NFKD";
  const decomposed = partsOf(aligned.text, compatible ? "NFKD" : "NFD");
  const isComposed = form === "NFC" || form === "NFKC";
  return changeCharacters(aligned, isComposed ? compose(decomposed) : decomposed);
}

/** Each character's parts; combining marks in canonical order, each with its own change. */
function partsOf(text: string, form: "NFD" | "NFKD"): CharacterChange[] {
  const changes: CharacterChange[] = [];
  // Where the marks behind the last starter begin.
  let marks = 0;
  for (const character of text) {
    for (const [i, part] of [...decompose(character, form)].entries()) {
      const change = Math.min(i, 1);
      if (!isCombining(part)) {
        changes.push([part, change]);
        marks = changes.length;
        continue;
      }
      let place = changes.length;
      while (place > marks && combinesBefore(part, changes[place - 1][0])) place--;
      changes.splice(place, 0, [part, change]);
    }
  }
  return changes;
}

/** Puts parts together that make one character, as Unicode's canonical composition does. */
function compose(parts: readonly CharacterChange[]): CharacterChange[] {
  const changes: CharacterChange[] = [];
  // Where the last starter is; what follows it are marks that did not join it.
  let starter = -1;
  for (const [part, change] of parts) {
    const last = changes.length - 1;
    const isMark = isCombining(part);
    // A mark that stays between blocks what does not combine after it.
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

/** Whether a character has a combining class: then it trades places with one of another class. */
function isCombining(character: string): boolean {
  // The ring below is of class 220, the overlay of class 1.
  return isMark(character) &&
    (combinesBefore("\u0334", character) || combinesBefore(character, "\u0325"));
}

/** Whether the first of two combining marks has the lower class: both in the wrong order swap. */
function combinesBefore(first: string, second: string): boolean {
  const wrong = second + first;
  return wrong.normalize("NFD") !== wrong;
}
