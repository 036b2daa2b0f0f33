import { Tensor } from "../tensor/tensor.ts";
import type { EncodedRow } from "./encoded_row.ts";
import type { TokenizerOptions } from "./options.ts";
import { commonLength } from "./stack_rows.ts";

/**
 * The result of a tokenizer call. `Ids` is a `Tensor<"int64">` of shape `[rows, tokens]`; with
 * `return_tensor: false` it is nested arrays `[rows][tokens]`, or `[tokens]` for a single text
 * without windows. `Offsets` and `Words` are arrays of the same shape in both cases.
 */
export interface BatchEncoding<
  Ids = Tensor<"int64">,
  Offsets = [number, number][][],
  Words = (number | null)[][],
> {
  /** The tokens' ids. */
  input_ids: Ids;
  /** 1 for a token, 0 for padding. */
  attention_mask: Ids;
  /** Token types: which text of a pair a token belongs to. */
  token_type_ids?: Ids;
  /** 1 for special tokens that the tokenizer added and for padding. */
  special_tokens_mask?: Ids;
  /**
   * Start and end of each token in the text, in UTF-16 code units: `text.slice(start, end)` is the
   * token's text; `[0, 0]` for special tokens and padding. Tokens that share a character all have
   * its whole range.
   */
  offset_mapping?: Offsets;
  /**
   * Index of each token's word in its text, as the pre-tokenizer splits it; `null` for special
   * tokens and padding.
   */
  word_ids?: Words;
  /** The ids of `text_target`; padding has the padding token's. */
  labels?: Ids;
  /** For each row, the index of its text in the batch. */
  overflow_to_sample_mapping?: number[];
}

/** A batch encoding in one of its three forms. */
export type AnyBatchEncoding =
  | BatchEncoding
  | BatchEncoding<number[][]>
  | BatchEncoding<number[], [number, number][], (number | null)[]>;

/**
 * Converts rows to the parts and the form that a call asked for.
 *
 * @param rows The rows, padded.
 * @param options The options of the call, checked.
 * @param single Whether the call was given a single text, not an array.
 * @returns The encoding.
 * @throws {RangeError} If tensors are wanted and the rows differ in length.
 */
export function batchEncoding(
  rows: readonly EncodedRow[],
  options: TokenizerOptions,
  single: boolean,
): AnyBatchEncoding {
  const isTensor = options.return_tensor ?? true;
  const overflow = options.return_overflowing_tokens ?? false;
  const isOneRow = single && !overflow && !isTensor;
  const each = <Value>(valueOf: (row: EncodedRow) => Value) =>
    isOneRow ? valueOf(rows[0]) : rows.map(valueOf);
  const length = isTensor ? commonLength(rows) : 0;
  const ids = (key: "ids" | "mask" | "typeIds" | "special") =>
    isTensor
      ? new Tensor("int64", toInt64(rows.map((row) => row[key]!)), [rows.length, length])
      : each((row) => [...row[key]!]);
  const encoding = {
    input_ids: ids("ids"),
    attention_mask: ids("mask"),
    ...(rows[0].typeIds && { token_type_ids: ids("typeIds") }),
    ...(options.return_special_tokens_mask && { special_tokens_mask: ids("special") }),
    ...(options.return_offsets_mapping && { offset_mapping: each(offsetsOf) }),
    ...(options.return_word_ids && { word_ids: each(wordsOf) }),
    ...(overflow && { overflow_to_sample_mapping: rows.map((row) => row.sample) }),
  };
  return encoding as AnyBatchEncoding;
}

function offsetsOf({ starts, ends }: EncodedRow): [number, number][] {
  return Array.from(starts, (start, token) => [start, ends[token]]);
}

function wordsOf({ words }: EncodedRow): (number | null)[] {
  return Array.from(words, (word) => word < 0 ? null : word);
}

/** Concatenates rows of non-negative values as int64, without a BigInt per value. */
function toInt64(rows: readonly Int32Array[]): BigInt64Array<ArrayBuffer> {
  const values = new BigInt64Array(rows.length * rows[0].length);
  // The lower half comes first: Deno, Node and browsers run on little-endian machines.
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
