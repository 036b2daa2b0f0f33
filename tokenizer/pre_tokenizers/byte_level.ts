import type { AlignedText } from "../aligned_text.ts";
import { mapCharacters, prependAligned } from "../rewrite_aligned.ts";

/** Settings of a `ByteLevel` pre-tokenizer, named as in tokenizer.json. */
export interface ByteLevelOptions {
  /** Whether to prepend a space to a text that does not start with one. */
  add_prefix_space: boolean;
  /** Whether to split into words first, so that merges stay inside a word. */
  use_regex: boolean;
}

/** English contractions; letters, numbers or symbols with an optional space before; spaces. */
const word = new RegExp(
  [
    "'s|'t|'re|'ve|'m|'ll|'d",
    " ?\\p{L}+",
    " ?\\p{N}+",
    " ?[^\\p{White_Space}\\p{L}\\p{N}]+",
    // Without the last space before a word, which belongs to the word.
    "\\p{White_Space}+(?!\\P{White_Space})",
    "\\p{White_Space}+",
  ].join("|"),
  "gu",
);

const utf8 = new TextEncoder();

/** The letter for each byte: itself if printable, otherwise one from U+0100 on. */
const letters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    return String.fromCharCode(prints ? byte : next++);
  });
})();

/** The byte of each letter. */
export const byteOfLetter: ReadonlyMap<string, number> = new Map(
  letters.map((letter, byte) => [letter, byte]),
);

/** The letter for a space in byte-level tokens, `Ġ`. */
export const spaceLetter: string = letters[0x20];

/**
 * Splits a text into words and writes each with one letter per UTF-8 byte.
 *
 * @param aligned The text between two added tokens.
 * @param options The pre-tokenizer's settings.
 * @returns The words; each letter is aligned with the whole character of its byte.
 */
export function byteLevelWords(aligned: AlignedText, options: ByteLevelOptions): AlignedText[] {
  if (options.add_prefix_space && !aligned.text.startsWith(" ")) {
    aligned = prependAligned(aligned, " ");
  }
  if (!options.use_regex) return [toBytes(aligned)];
  return Array.from(
    aligned.text.matchAll(word),
    ({ 0: { length }, index }) => toBytes(aligned.slice(index, index + length)),
  );
}

/**
 * Writes a text with one letter per UTF-8 byte.
 *
 * @param aligned The text.
 * @returns The letters, each aligned with the whole character of its byte.
 */
export function toBytes(aligned: AlignedText): AlignedText {
  return mapCharacters(aligned, (character) => {
    if (character < "\x80") return letters[character.charCodeAt(0)];
    return Array.from(utf8.encode(character), (byte) => letters[byte]).join("");
  });
}
