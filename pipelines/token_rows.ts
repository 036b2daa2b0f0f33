/**
 * Texts to rows of token ids, in typed arrays.
 *
 * @module
 */
import type { PreTrainedTokenizer, TruncationStrategy } from "../tokenizer/mod.ts";

/** Token ids of a text or a pair; both arrays have the same length. */
export interface TokenRow {
  /** Ids in the vocabulary. */
  readonly input_ids: Int32Array;
  /** Which text of a pair each token is from, for models that use it. */
  readonly token_type_ids?: Int32Array;
}

/** A row, and where its tokens come from. */
export interface EncodedText extends TokenRow {
  /** 1 for special tokens. */
  readonly special_tokens_mask: readonly number[];
  /** Start and end of each token in the text, in UTF-16 code units. */
  readonly offset_mapping: readonly (readonly [number, number])[];
}

/**
 * Makes a row of a tokenizer's arrays.
 *
 * @param input_ids Ids in the vocabulary.
 * @param token_type_ids Which text of a pair each token is from; absent if the model has no types.
 * @returns The row.
 */
export function tokenRow(
  input_ids: readonly number[],
  token_type_ids?: readonly number[],
): TokenRow {
  return {
    input_ids: Int32Array.from(input_ids),
    ...(token_type_ids && { token_type_ids: Int32Array.from(token_type_ids) }),
  };
}

/**
 * Encodes texts, or pairs of texts.
 *
 * @param tokenizer Tokenizer of the model.
 * @param maxLength Largest number of tokens that the model reads.
 * @param texts The texts.
 * @param truncation Whether long texts are truncated; for pairs, which text.
 * @param seconds For each text the second texts that it is paired with; absent: it stands alone.
 * @returns A row for each text, or for each pair.
 * @throws {TypeError} If a text is not a string.
 * @throws {RangeError} If there are no texts, or a text is too long or has no tokens.
 */
export function encodeTexts(
  tokenizer: PreTrainedTokenizer,
  maxLength: number,
  texts: readonly string[],
  truncation: boolean | TruncationStrategy,
  seconds?: readonly (readonly string[])[],
): EncodedText[] {
  const textOfRow = texts.flatMap((_, text) => seconds?.[text].map(() => text) ?? text);
  const { input_ids, token_type_ids, special_tokens_mask, offset_mapping } = tokenizer(
    textOfRow.map((text) => texts[text]),
    {
      ...(seconds && { text_pair: seconds.flat() }),
      ...(truncation && { truncation, max_length: maxLength }),
      return_tensor: false,
      return_special_tokens_mask: true,
      return_offsets_mapping: true,
    },
  );
  return input_ids.map((ids, row) => {
    checkLength(ids.length, maxLength, textOfRow[row]);
    return {
      ...tokenRow(ids, token_type_ids?.[row]),
      special_tokens_mask: special_tokens_mask![row],
      offset_mapping: offset_mapping![row],
    };
  });
}

function checkLength(length: number, maxLength: number, text: number): void {
  if (length === 0) {
    throw new RangeError(`Cannot run text ${text}: it is empty, and the tokenizer adds no token`);
  }
  if (length <= maxLength) return;
  throw new RangeError(
    `Cannot run text ${text}: it has ${length} tokens, at most ${maxLength} fit the model; wanted ` +
      "the option truncation, or a model converted to LSG with a max_sequence_length that holds it",
  );
}
