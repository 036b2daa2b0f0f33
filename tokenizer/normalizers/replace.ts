import { type AlignedText, checkGrowth } from "../aligned_text.ts";
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
  const { text, starts, ends } = aligned;
  const result: AlignedText = { text: "", starts: [], ends: [] };
  const copy = (from: number, to: number) => {
    result.text += text.slice(from, to);
    for (let unit = from; unit < to; unit++) {
      result.starts.push(starts[unit]);
      result.ends.push(ends[unit]);
    }
  };
  let done = 0;
  for (const { start, end } of findMatches(text, pattern)) {
    copy(done, start);
    done = end;
    checkGrowth(aligned, result.text.length + content.length);
    result.text += content;
    for (let i = 0; i < content.length; i++) {
      result.starts.push(starts[done - 1] ?? 0);
      result.ends.push(ends[done - 1] ?? 0);
    }
  }
  copy(done, text.length);
  return result;
}
