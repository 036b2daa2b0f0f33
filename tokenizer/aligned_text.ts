/**
 * A text between the steps of tokenization, with the origin of each of its UTF-16 code units.
 *
 * Steps rewrite the text (byte-level ones turn a character into several letters) and keep `starts`
 * and `ends` aligned with it, so that each token has a range of the original text.
 */
export interface AlignedText {
  /** The current text. */
  text: string;
  /** For each code unit of `text`, the start of its character in the original text. */
  starts: number[];
  /** For each code unit of `text`, the end of its character in the original text. */
  ends: number[];
}

/**
 * Aligns an unchanged text with itself: each code unit has the range of its whole character.
 *
 * @param text The original text.
 * @returns The aligned text.
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
 * Takes a part of an aligned text.
 *
 * @param aligned The text.
 * @param start Index of the first code unit.
 * @param end Index after the last code unit.
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
 * Rewrites a text character by character; each replacement is aligned with its character.
 *
 * @param aligned The text.
 * @param rewrite Gives the replacement of a character, of any length.
 * @returns The rewritten text.
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
 * Prepends a string to a text, aligned with the text's first character.
 *
 * @param aligned The text, not empty.
 * @param front The string.
 * @returns The longer text.
 * @throws {RangeError} If it is too long.
 */
export function prependAligned(aligned: AlignedText, front: string): AlignedText {
  const { text, starts, ends } = aligned;
  checkGrowth(aligned, text.length + front.length);
  return {
    text: front + text,
    starts: [...new Array<number>(front.length).fill(starts[0]), ...starts],
    ends: [...new Array<number>(front.length).fill(ends[0]), ...ends],
  };
}

/** How much longer than the original text a rewritten one may be: no character becomes 100. */
const MAX_GROWTH = 100;
const MIN_ROOM = 1000;

/**
 * Computes the length that a text may get by rewriting; without it a file of a few replacements,
 * each of which doubles the text, would fill the memory.
 *
 * @param length The length of the original text.
 * @returns The largest number of code units.
 */
export function roomFor(length: number): number {
  return MIN_ROOM + MAX_GROWTH * length;
}

/**
 * Asserts that a rewritten text is not too long.
 *
 * @param aligned The text before the step.
 * @param length The number of code units after it.
 * @throws {RangeError} If it is.
 */
export function checkGrowth({ starts, ends }: AlignedText, length: number): void {
  const original = starts.length === 0 ? 0 : ends[ends.length - 1] - starts[0];
  if (length > roomFor(original)) {
    throw new RangeError(
      `Cannot normalize a text of ${original} letters: the tokenizer makes it more than ` +
        `${roomFor(original)} long`,
    );
  }
}
