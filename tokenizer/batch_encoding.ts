import { Tensor } from "../tensor/tensor.ts";
import type { EncodedRow } from "./encoded_row.ts";
import type { TokenizerOptions } from "./options.ts";
import { commonLength } from "./stack_rows.ts";

/**
 * What a call of a tokenizer gives. `Ids` is a `Tensor<"int64">` of shape `[rows, tokens]`; without
 * tensors nested arrays `[rows][tokens]`, or `[tokens]` for a single text without windows. `Offsets`
 * has the shape of these arrays.
 */
export interface BatchEncoding<
  Ids = Tensor<"int64">,
  Offsets = [number, number][][],
  Words = (number | null)[][],
> {
  /** The tokens' numbers in the vocabulary. */
  input_ids: Ids;
  /** 1 for a token, 0 for padding. */
  attention_mask: Ids;
  /** Which text of a pair a token is from. */
  token_type_ids?: Ids;
  /** 1 for special tokens that the tokenizer put there and for padding. */
  special_tokens_mask?: Ids;
  /**
   * Start and end of each token in the text, in UTF-16 code units, so that `text.slice(start, end)`
   * is what the token stands for; `[0, 0]` for special tokens. Always arrays. Tokens that share a
   * character have its whole range.
   */
  offset_mapping?: Offsets;
  /**
   * Which word of its text each token is from, as the tokenizer cuts a text into words; `null` for
   * special tokens. Always arrays.
   */
  word_ids?: Words;
  /** For each row, which text of the batch it is from. */
  overflow_to_sample_mapping?: number[];
}

/** A batch encoding in one of its three forms. */
export type AnyBatchEncoding =
  | BatchEncoding
  | BatchEncoding<number[][]>
  | BatchEncoding<number[], [number, number][], (number | null)[]>;

/**
 * Gives the parts of the rows that a call asked for, in the form that it asked for.
 *
 * @param rows The rows, padded.
 * @param options The options of the call, checked.
 * @param single Whether the call had a single text, not an array.
 * @returns The encoding.
 * @throws {RangeError} If rows of different lengths are to make a tensor.
 */
export function batchEncoding(
  rows: readonly EncodedRow[],
  options: TokenizerOptions,
  single: boolean,
): AnyBatchEncoding {
  const overflow = options.return_overflowing_tokens ?? false;
  const encoding = <Ids, Offsets, Words>(
    ids: (key: "ids" | "mask" | "typeIds" | "special") => Ids,
    offsets: () => Offsets,
    words: () => Words,
  ): BatchEncoding<Ids, Offsets, Words> => ({
    input_ids: ids("ids"),
    attention_mask: ids("mask"),
    ...(rows[0].typeIds && { token_type_ids: ids("typeIds") }),
    ...(options.return_special_tokens_mask && { special_tokens_mask: ids("special") }),
    ...(options.return_offsets_mapping && { offset_mapping: offsets() }),
    ...(options.return_word_ids && { word_ids: words() }),
    ...(overflow && { overflow_to_sample_mapping: rows.map((row) => row.sample) }),
  });
  const allOffsets = () => rows.map(offsetsOf);
  const allWords = () => rows.map(wordsOf);

  if (options.return_tensor ?? true) {
    const dims = [rows.length, commonLength(rows)];
    return encoding(
      (key) => new Tensor("int64", toInt64(rows.map((row) => row[key]!)), dims),
      allOffsets,
      allWords,
    );
  }
  if (single && !overflow) {
    const [row] = rows;
    return encoding((key) => [...row[key]!], () => offsetsOf(row), () => wordsOf(row));
  }
  return encoding((key) => rows.map((row) => [...row[key]!]), allOffsets, allWords);
}

function offsetsOf({ starts, ends }: EncodedRow): [number, number][] {
  return Array.from(starts, (start, token) => [start, ends[token]]);
}

function wordsOf({ words }: EncodedRow): (number | null)[] {
  return Array.from(words, (word) => word < 0 ? null : word);
}

/** Rows of one length as int64, without a BigInt a value; no value is negative. */
function toInt64(rows: readonly Int32Array[]): BigInt64Array<ArrayBuffer> {
  const values = new BigInt64Array(rows.length * rows[0].length);
  // The lower half of a value comes first: Deno, Node and browsers run on little-endian machines.
  const halves = new Int32Array(values.buffer);
  let at = 0;
  for (const row of rows) {
    for (const value of row) {
      halves[at] = value;
      at += 2;
    }
  }
  return values;
}
