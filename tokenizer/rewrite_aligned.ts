import type { AlignedText } from "./aligned_text.ts";

/** Rewrites an aligned text from its start to its end. */
export class AlignedWriter {
  readonly #aligned: AlignedText;
  #text = "";
  /** Code units that were copied or replaced. */
  #done = 0;
  /** Absent while the text was rewritten unit by unit. */
  #origins: number[] | undefined;

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
   * Writes something in place of a part, after what stands before it.
   *
   * @param text What is written.
   * @param start Index of the first code unit that it replaces.
   * @param end Index after the last one.
   * @param origin Index of the code unit whose range it gets; −1: an empty range at 0.
   */
  write(text: string, start: number, end: number, origin: number): void {
    this.#copyTo(start);
    if (text.length !== 1 || origin !== start || end !== start + 1) {
      this.#origins ??= Array.from({ length: start }, (_, unit) => this.#aligned.originAt(unit));
    }
    for (let i = 0; i < text.length; i++) this.#addOrigin(origin);
    this.#text += text;
    this.#done = end;
  }

  /**
   * Copies the rest.
   *
   * @returns What was written.
   */
  finish(): AlignedText {
    this.#copyTo(this.#aligned.text.length);
    return this.#aligned.rewritten(this.#text, this.#origins);
  }

  #copyTo(end: number): void {
    for (let unit = this.#done; unit < end; unit++) this.#addOrigin(unit);
    this.#text += this.#aligned.text.slice(this.#done, end);
  }

  #addOrigin(unit: number): void {
    this.#origins?.push(this.#aligned.originAt(unit));
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
    if (written !== character) writer.write(written, unit, end, unit);
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
 */
export function prependAligned(aligned: AlignedText, front: string): AlignedText {
  const writer = new AlignedWriter(aligned);
  writer.write(front, 0, 0, 0);
  return writer.finish();
}
