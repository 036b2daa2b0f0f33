/**
 * Generated ids as texts.
 *
 * @module
 */
import { withoutHalf } from "../generation/without_half.ts";
import type { DecodeOptions, PreTrainedTokenizer } from "../tokenizer/mod.ts";
import type { SettingSources } from "./generation_batches.ts";

/** Reads the rows that `generate()` of a decoder returns. */
export class GeneratedTexts {
  readonly #decode: (ids: number[]) => string;
  readonly #padding: number | undefined;
  readonly #ends: readonly number[];

  /**
   * Makes a reader.
   *
   * @param tokenizer Decodes ids.
   * @param sources Settings of the call: which ids end a row, and fill it.
   * @param options How ids are decoded.
   */
  constructor(
    tokenizer: PreTrainedTokenizer,
    { given, own }: SettingSources,
    options: DecodeOptions,
  ) {
    this.#decode = (ids) => ids.length === 0 ? "" : tokenizer.decode(ids, options);
    const ends = given.eos_token_id === undefined ? own.eos_token_id : given.eos_token_id;
    this.#ends = [ends ?? []].flat();
    this.#padding = given.pad_token_id ?? own.pad_token_id ?? this.#ends[0];
  }

  /**
   * Reads a row.
   *
   * @param row Its ids: padding, prompt, what was generated, padding.
   * @param width Where the prompt ends.
   * @param length Ids of the prompt.
   * @returns The whole text, and what was added to the prompt.
   */
  read(row: readonly number[], width: number, length: number): { full: string; added: string } {
    const ids = row.slice(width - length, this.#endOf(row, width));
    const full = this.#decode(ids);
    const prompt = this.#decode(ids.slice(0, length));
    // Half a character at the end of the prompt may have been completed.
    const known = [prompt, withoutHalf(prompt)].find((text) => full.startsWith(text));
    const added = known === undefined ? this.#decode(ids.slice(length)) : full.slice(known.length);
    return { full, added };
  }

  /** Where the padding behind a row begins. */
  #endOf(row: readonly number[], width: number): number {
    let end = row.length;
    while (end > width && row[end - 1] === this.#padding) end--;
    // The first of them ended the row.
    return end < row.length && this.#ends.includes(this.#padding!) ? end + 1 : end;
  }
}
