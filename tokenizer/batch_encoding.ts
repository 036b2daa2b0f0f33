import { Tensor } from "../tensor/tensor.ts";
import type { TokenizerOptions } from "./options.ts";
import type { Row } from "./template.ts";

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
 * @param rows The rows.
 * @param samples For each row, which text it is from.
 * @param options The options of the call, checked.
 * @param typeIds Whether `token_type_ids` are wanted.
 * @param single Whether the call had a single text, not an array.
 * @returns The encoding.
 * @throws {RangeError} If rows of different lengths are to make a tensor.
 */
export function batchEncoding(
  rows: readonly Row[],
  samples: number[],
  options: TokenizerOptions,
  typeIds: boolean,
  single: boolean,
): AnyBatchEncoding {
  const overflow = options.return_overflowing_tokens ?? false;
  const gather = <Ids, Offsets, Words>(
    ids: (key: Exclude<keyof Row, "offset_mapping" | "word_ids">) => Ids,
    offsets: () => Offsets,
    words: () => Words,
  ): BatchEncoding<Ids, Offsets, Words> => ({
    input_ids: ids("input_ids"),
    attention_mask: ids("attention_mask"),
    ...(typeIds && { token_type_ids: ids("token_type_ids") }),
    ...(options.return_special_tokens_mask && { special_tokens_mask: ids("special_tokens_mask") }),
    ...(options.return_offsets_mapping && { offset_mapping: offsets() }),
    ...(options.return_word_ids && { word_ids: words() }),
    ...(overflow && { overflow_to_sample_mapping: samples }),
  });
  const allOffsets = () => rows.map((row) => row.offset_mapping);
  const allWords = () => rows.map((row) => row.word_ids);

  if (options.return_tensor ?? true) {
    const length = rows[0].input_ids.length;
    const other = rows.find((row) => row.input_ids.length !== length);
    if (other !== undefined) {
      throw new RangeError(
        `Cannot make a tensor of rows of ${length} and ${other.input_ids.length} tokens: wanted ` +
          "padding: true, with truncation: true if they may be too long, or return_tensor: false",
      );
    }
    return gather(
      (key) => {
        const values = BigInt64Array.from(rows.flatMap((row) => row[key]), BigInt);
        return new Tensor("int64", values, [rows.length, length]);
      },
      allOffsets,
      allWords,
    );
  }
  if (single && !overflow) {
    return gather((key) => rows[0][key], () => rows[0].offset_mapping, () => rows[0].word_ids);
  }
  return gather((key) => rows.map((row) => row[key]), allOffsets, allWords);
}
