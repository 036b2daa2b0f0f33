import type { AlignedText, Ranges } from "./aligned_text.ts";

/** Rewrites an aligned text from its start to its end. */
export class AlignedWriter {
  readonly #aligned: AlignedText;
  #text = "";
  /** Code units that were copied or replaced. */
  #done = 0;
  /** Absent while the text was rewritten unit by unit. */
  #ranges: Ranges | undefined;

  /**
   * Starts with nothing written.
   *
   * @param aligned The text.
   */
  constructor(aligned: AlignedText) {
    this.#aligned = aligned;
  }

  /** Code units that were written. */
  get length(): number {
    return this.#text.length;
  }

  /**
   * Copies what comes next.
   *
   * @param end Index after the last code unit that is copied.
   */
  copyTo(end: number): void {
    if (this.#ranges) this.#copyRanges(this.#ranges, this.#done, end);
    this.#text += this.#aligned.text.slice(this.#done, end);
    this.#done = end;
  }

  /**
   * Writes something in place of what comes next.
   *
   * @param text What is written.
   * @param end Index after the last code unit that it replaces.
   * @param origin Index of the code unit whose range it gets; outside of the text: an empty range at 0.
   */
  write(text: string, end: number, origin: number): void {
    if (text === "" && end === this.#done) return;
    const isUnitByUnit = text.length === 1 && origin === this.#done && end === origin + 1;
    if (!isUnitByUnit && !this.#ranges) {
      this.#ranges = { starts: [], ends: [] };
      this.#copyRanges(this.#ranges, 0, this.#done);
    }
    if (this.#ranges) {
      const isInside = origin >= 0 && origin < this.#aligned.text.length;
      const start = isInside ? this.#aligned.startAt(origin) : 0;
      const stop = isInside ? this.#aligned.endAt(origin) : 0;
      for (let i = 0; i < text.length; i++) {
        this.#ranges.starts.push(start);
        this.#ranges.ends.push(stop);
      }
    }
    this.#text += text;
    this.#done = end;
  }

  /**
   * Copies the rest.
   *
   * @returns What was written.
   */
  finish(): AlignedText {
    this.copyTo(this.#aligned.text.length);
    return this.#aligned.rewritten(this.#text, this.#ranges);
  }

  #copyRanges({ starts, ends }: Ranges, from: number, to: number): void {
    for (let unit = from; unit < to; unit++) {
      starts.push(this.#aligned.startAt(unit));
      ends.push(this.#aligned.endAt(unit));
    }
  }
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
  const writer = new AlignedWriter(aligned);
  let unit = 0;
  for (const character of aligned.text) {
    const written = rewrite(character);
    const end = unit + character.length;
    if (written !== character) {
      writer.copyTo(unit);
      writer.write(written, end, unit);
    }
    unit = end;
  }
  return writer.finish();
}

/**
 * Prepends a string to a text, aligned with the text's first character.
 *
 * @param aligned The text.
 * @param front The string.
 * @returns The longer text.
 * @throws {RangeError} If it is too long.
 */
export function prependAligned(aligned: AlignedText, front: string): AlignedText {
  checkGrowth(aligned, aligned.text.length + front.length);
  const writer = new AlignedWriter(aligned);
  writer.write(front, 0, 0);
  return writer.finish();
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
export function checkGrowth(aligned: AlignedText, length: number): void {
  const units = aligned.text.length;
  const original = units === 0 ? 0 : aligned.endAt(units - 1) - aligned.startAt(0);
  if (length > roomFor(original)) {
    throw new RangeError(
      `Cannot normalize a text of ${original} letters: the tokenizer makes it more than ` +
        `${roomFor(original)} long`,
    );
  }
}
