/**
 * A text between the steps of tokenization, with the origin of each of its UTF-16 code units.
 *
 * Steps rewrite the text (byte-level ones turn a character into several letters) and keep it aligned
 * with the original, so that each token has a range there. Most steps change few characters of a
 * document: until the first of them changes its length no origins are stored, and parts share them.
 */
export class AlignedText {
  /** The current text. */
  readonly text: string;
  readonly #original: string;
  /** Absent: the code units are those of the original text. */
  readonly #origins: readonly number[] | undefined;
  /** Where `text` begins in the origins, or in the original text. */
  readonly #first: number;

  /**
   * Aligns a text.
   *
   * @param text The text.
   * @param original The original text.
   * @param origins For each code unit the index of one there, or −1.
   * @param first Index of the first code unit's origin.
   */
  constructor(text: string, original: string = text, origins?: readonly number[], first = 0) {
    this.text = text;
    this.#original = original;
    this.#origins = origins;
    this.#first = first;
  }

  /**
   * Where a code unit comes from.
   *
   * @param unit Its index, or −1.
   * @returns The index of a code unit of the original text; −1: from before the first one.
   */
  originAt(unit: number): number {
    if (unit < 0) return unit;
    const at = this.#first + unit;
    return this.#origins ? this.#origins[at] : at;
  }

  /**
   * Where the character that a code unit comes from starts in the original text.
   *
   * @param unit Index of the code unit.
   * @returns The index.
   */
  startAt(unit: number): number {
    const origin = this.originAt(unit);
    return Math.max(0, this.#isInPair(origin) ? origin - 1 : origin);
  }

  /**
   * Where the character that a code unit comes from ends in the original text.
   *
   * @param unit Index of the code unit.
   * @returns The index after it.
   */
  endAt(unit: number): number {
    const next = this.originAt(unit) + 1;
    return this.#isInPair(next) ? next + 1 : next;
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
    return new AlignedText(text, this.#original, this.#origins, this.#first + start);
  }

  /**
   * Writes another text in place of this one.
   *
   * @param text The text.
   * @param origins Its origins; absent: those of this one, which is as long.
   * @returns The aligned text.
   */
  rewritten(text: string, origins?: readonly number[]): AlignedText {
    return origins
      ? new AlignedText(text, this.#original, origins)
      : new AlignedText(text, this.#original, this.#origins, this.#first);
  }

  /** Whether a code unit of the original text is the second half of a character. */
  #isInPair(at: number): boolean {
    return this.#original.codePointAt(at - 1)! > 0xffff;
  }
}
