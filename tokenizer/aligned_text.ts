/**
 * A text on its way to tokens, with where each of its UTF-16 code units came from.
 *
 * Steps change the text (a byte-level one makes several letters of one character); what they keep in
 * step is `starts` and `ends`, so that a token finds its characters in the original text.
 */
export interface AlignedText {
  /** The text as it is now. */
  text: string;
  /** For each code unit of `text`, where its character starts in the original text. */
  starts: number[];
  /** For each code unit of `text`, where its character ends in the original text. */
  ends: number[];
}

/**
 * A text before any step: each code unit stands for the character that it is part of.
 *
 * @param text The original text.
 * @returns The text, aligned with itself.
 */
export function alignText(text: string): AlignedText {
  const starts: number[] = [];
  const ends: number[] = [];
  let start = 0;
  for (const character of text) {
    const end = start + character.length;
    for (let unit = start; unit < end; unit++) {
      starts.push(start);
      ends.push(end);
    }
    start = end;
  }
  return { text, starts, ends };
}

/**
 * A part of an aligned text.
 *
 * @param aligned The text.
 * @param start The first code unit of the part.
 * @param end The code unit after its last.
 * @returns The part, still aligned with the original text.
 */
export function sliceAligned(aligned: AlignedText, start: number, end: number): AlignedText {
  return {
    text: aligned.text.slice(start, end),
    starts: aligned.starts.slice(start, end),
    ends: aligned.ends.slice(start, end),
  };
}

/**
 * Rewrites a text character by character; what stands for a character is aligned with it.
 *
 * @param aligned The text.
 * @param rewrite What stands for a character: itself, another, several, or nothing.
 * @returns The text rewritten.
 */
export function mapCharacters(
  aligned: AlignedText,
  rewrite: (character: string) => string,
): AlignedText {
  const result: AlignedText = { text: "", starts: [], ends: [] };
  let unit = 0;
  for (const character of aligned.text) {
    const written = rewrite(character);
    result.text += written;
    for (let i = 0; i < written.length; i++) {
      result.starts.push(aligned.starts[unit]);
      result.ends.push(aligned.ends[unit]);
    }
    unit += character.length;
  }
  return result;
}

/**
 * Puts something in front of a text; it counts as part of the text's first character.
 *
 * @param aligned The text, not empty.
 * @param front What to put there.
 * @returns The longer text.
 */
export function prependAligned({ text, starts, ends }: AlignedText, front: string): AlignedText {
  return {
    text: front + text,
    starts: [...new Array<number>(front.length).fill(starts[0]), ...starts],
    ends: [...new Array<number>(front.length).fill(ends[0]), ...ends],
  };
}
