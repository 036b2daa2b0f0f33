import type { AlignedText } from "../aligned_text.ts";
import { mapCharacters } from "../rewrite_aligned.ts";
import type { JsonPart } from "../json_part.ts";
import { isControl, isNonspacingMark } from "../unicode_tables.ts";
import { canonicalForm } from "./canonical_form.ts";

/**
 * Reads BERT's normalizer: it cleans the text, puts spaces around Chinese characters, strips
 * accents and lowercases.
 *
 * @param part The normalizer's settings.
 * @returns The normalizer.
 * @throws {TypeError} If a setting is malformed.
 */
export function bertNormalizer(part: JsonPart): (aligned: AlignedText) => AlignedText {
  const lowercase = part.boolean("lowercase", true);
  const cleanText = part.boolean("clean_text", true);
  const chinese = part.boolean("handle_chinese_chars", true);
  // null means the value of `lowercase`.
  const stripAccents = part.boolean("strip_accents", lowercase);
  return (aligned) => {
    if (cleanText) aligned = mapCharacters(aligned, clean);
    if (chinese) aligned = mapCharacters(aligned, (c) => isChinese(c) ? ` ${c} ` : c);
    if (stripAccents) {
      aligned = mapCharacters(canonicalForm(aligned, "NFD"), (c) => isNonspacingMark(c) ? "" : c);
    }
    return lowercase ? mapCharacters(aligned, (c) => c.toLowerCase()) : aligned;
  };
}

/** Removes control characters and turns white space into spaces. */
function clean(character: string): string {
  if (/^[\t\n\r]/.test(character)) return " ";
  if (character === "\uFFFD" || isControl(character)) return "";
  return /^\p{White_Space}/u.test(character) ? " " : character;
}

/** First and last code point of BERT's blocks of ideographs, which are not all of Unicode's. */
const ideographs = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0x2f800, 0x2fa1f],
];

function isChinese(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code >= 0x3400 && ideographs.some(([first, last]) => first <= code && code <= last);
}
