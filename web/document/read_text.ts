/**
 * A text to the ids that a model reads.
 *
 * @module
 */
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";

/** The first tokens of a text. */
export interface ReadText {
  /** Their ids, with special tokens. */
  readonly ids: number[];
  /** The range of each in the text; of a special token both are 0. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
  /** Where the read part ends. */
  readonly end: number;
}

/**
 * Encodes the first tokens of a text.
 *
 * @param tokenizer The model's tokenizer.
 * @param text The text.
 * @param most Most tokens, special ones included.
 * @returns The tokens.
 */
export function readText(tokenizer: PreTrainedTokenizer, text: string, most: number): ReadText {
  const { input_ids, offset_mapping } = tokenizer(text, {
    truncation: true,
    max_length: most,
    return_offsets_mapping: true,
  });
  const ids = Array.from(input_ids.data as BigInt64Array, Number);
  const [ranges] = offset_mapping as [number, number][][];
  const end = ranges.reduce((most, [, end]) => Math.max(most, end), 0);
  return { ids, ranges, end };
}
