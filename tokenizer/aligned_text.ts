/** Ranges in the original text, of each code unit of a text that was rewritten. */
export interface Ranges {
  readonly starts: number[];
  readonly ends: number[];
}

/**
 * A text between the steps of tokenization, with the origin of each of its UTF-16 code units.
 *
 * Steps rewrite the text (byte-level ones turn a character into several letters) and keep it aligned
 * with the original, so that each token has a range there. Most steps change few characters of a
 * document: until the first of them changes its length no ranges are stored, and parts share them.
 */
export class AlignedText {
  /** The current text. */
  readonly text: string;
  readonly #original: string;
  /** Absent: unit by unit those of the original text. */
  readonly #ranges: Ranges | undefined;
  /** Where `text` begins in the ranges, or in the original text. */
  readonly #first: number;

  /**
   * Aligns a text.
   *
   * @param text The text.
   * @param original The original text.
   * @param ranges The ranges of its code units there.
   * @param first Index of the first code unit's range.
   */
  constructor(text: string, original: string = text, ranges?: Ranges, first = 0) {
    this.text = text;
    this.#original = original;
    this.#ranges = ranges;
    this.#first = first;
  }

  /**
   * Where the character of a code unit starts in the original text.
   *
   * @param unit Index of the code unit.
   * @returns The index.
   */
  startAt(unit: number): number {
    const at = this.#first + unit;
    if (this.#ranges) return this.#ranges.starts[at];
    return isInPair(this.#original, at) ? at - 1 : at;
  }

  /**
   * Where the character of a code unit ends in the original text.
   *
   * @param unit Index of the code unit.
   * @returns The index after it.
   */
  endAt(unit: number): number {
    const at = this.#first + unit;
    if (this.#ranges) return this.#ranges.ends[at];
    return isInPair(this.#original, at + 1) ? at + 2 : at + 1;
  }

  /**
   * Takes a part.
   *
   * @param start Index of the first code unit.
   * @param end Index after the last code unit.
   * @returns The part, still aligned with the original text.
   */
  slice(start: number, end: number): AlignedText {
    const text = this.text.slice(start, end);
    return new AlignedText(text, this.#original, this.#ranges, this.#first + start);
  }

  /**
   * Writes another text of the same length, unit by unit in place of this one.
   *
   * @param text The text.
   * @param ranges Other ranges, if it has others.
   * @returns The aligned text.
   */
  rewritten(text: string, ranges?: Ranges): AlignedText {
    return ranges
      ? new AlignedText(text, this.#original, ranges)
      : new AlignedText(text, this.#original, this.#ranges, this.#first);
  }
}

/** Whether a code unit is the second half of a character. */
function isInPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 &&
    (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
}
