import type { AlignedText } from "../aligned_text.ts";
import { checkGrowth } from "../check_growth.ts";
import { AlignedWriter } from "../rewrite_aligned.ts";
import { findMatches, type Pattern } from "../pattern.ts";

/**
 * Replaces each match of a pattern. The replacement is aligned with the last character of the
 * match, as in Python's tokenizers.
 *
 * @param aligned The text.
 * @param pattern The pattern.
 * @param content The replacement.
 * @returns The text with the matches replaced.
 * @throws {RangeError} If it gets too long, or an expression takes too many steps.
 */
export function replaceAligned(
  aligned: AlignedText,
  pattern: Pattern,
  content: string,
): AlignedText {
  const writer = new AlignedWriter(aligned);
  for (const { start, end } of findMatches(aligned.text, pattern)) {
    writer.write(content, start, end, end - 1);
    checkGrowth(aligned, writer.length);
  }
  return writer.finish();
}
