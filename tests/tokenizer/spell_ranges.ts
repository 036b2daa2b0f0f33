import type { AlignedText } from "../../tokenizer/aligned_text.ts";

/** A text with the ranges of its code units written out. */
export function spellRanges(
  aligned: AlignedText,
): { text: string; starts: number[]; ends: number[] } {
  const units = Array.from({ length: aligned.text.length }, (_, unit) => unit);
  return {
    text: aligned.text,
    starts: units.map((unit) => aligned.startAt(unit)),
    ends: units.map((unit) => aligned.endAt(unit)),
  };
}
