/**
 * Texts to rows of token ids, in typed arrays.
 *
 * @module
 */
import type {
  PreTrainedTokenizer,
  TokenizerOptions,
  TruncationStrategy,
} from "../tokenizer/mod.ts";

/** A text, a pair of texts, or a window of either; one value per token in each array. */
export interface EncodedRow {
  /** Ids in the vocabulary. */
  readonly ids: Int32Array;
  /** Which text of a pair each token is from; absent if the model has no token types. */
  readonly typeIds?: Int32Array;
  /** 1 for special tokens, 0 for tokens of the text. */
  readonly special: Int32Array;
  /** Start in the text, in UTF-16 code units; 0 for special tokens. */
  readonly starts: Int32Array;
  /** End in the text; 0 for special tokens. */
  readonly ends: Int32Array;
  /** Index of the word in its text; −1 for special tokens. */
  readonly words: Int32Array;
}

/**
 * Encodes texts to typed arrays.
 *
 * @param tokenizer Tokenizer of the model.
 * @param texts The texts.
 * @param options Second texts, truncation and windows.
 * @returns A row for each text, or for each window.
 * @throws {TypeError} If a text is not a string.
 * @throws {RangeError} If there are no texts, or an option is out of range.
 */
export function encodeRows(
  tokenizer: PreTrainedTokenizer,
  texts: string[],
  options: TokenizerOptions,
): EncodedRow[] {
  const { input_ids, token_type_ids, special_tokens_mask, offset_mapping, word_ids } = tokenizer(
    texts,
    {
      ...options,
      return_tensor: false,
      return_special_tokens_mask: true,
      return_offsets_mapping: true,
      return_word_ids: true,
    },
  );
  return input_ids.map((ids, row) => ({
    ids: Int32Array.from(ids),
    ...(token_type_ids && { typeIds: Int32Array.from(token_type_ids[row]) }),
    special: Int32Array.from(special_tokens_mask![row]),
    starts: Int32Array.from(offset_mapping![row], ([start]) => start),
    ends: Int32Array.from(offset_mapping![row], ([, end]) => end),
    words: Int32Array.from(word_ids![row], (word) => word ?? -1),
  }));
}

/**
 * Encodes texts, or pairs of texts, that a model reads as a whole.
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
): EncodedRow[] {
  const textOfRow = texts.flatMap((_, text) => seconds?.[text].map(() => text) ?? text);
  const rows = encodeRows(tokenizer, textOfRow.map((text) => texts[text]), {
    ...(seconds && { text_pair: seconds.flat() }),
    ...(truncation && { truncation, max_length: maxLength }),
  });
  rows.forEach(({ ids }, row) => checkLength(ids.length, maxLength, textOfRow[row]));
  return rows;
}

function checkLength(length: number, maxLength: number, text: number): void {
  if (length === 0) {
    throw new RangeError(`Cannot run text ${text}: it is empty, and the tokenizer adds no token`);
  }
  if (length <= maxLength) return;
  throw new RangeError(
    `Cannot run text ${text}: it has ${length} tokens, at most ${maxLength} fit the model; ` +
      "wanted the option truncation, or a model converted to LSG with a max_sequence_length that " +
      "holds it",
  );
}
