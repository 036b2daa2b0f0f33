import type { AlignedText } from "../aligned_text.ts";

/**
 * Puts a text in place of each match of a pattern. It is aligned with the last character of the
 * match, as in Python's tokenizers.
 *
 * @param aligned The text.
 * @param pattern What to look for, with the flag `g`.
 * @param content What stands for a match.
 * @returns The text with the matches replaced.
 */
export function replaceAligned(
  aligned: AlignedText,
  pattern: RegExp,
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
  for (const match of text.matchAll(pattern)) {
    copy(done, match.index);
    done = match.index + match[0].length;
    result.text += content;
    for (let i = 0; i < content.length; i++) {
      result.starts.push(starts[done - 1] ?? 0);
      result.ends.push(ends[done - 1] ?? 0);
    }
  }
  if (done === 0) return aligned;
  copy(done, text.length);
  return result;
}
