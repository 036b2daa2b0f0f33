/**
 * Texts to rows of token ids, in typed arrays.
 *
 * @module
 */
import type {
  EncodedRow,
  PreTrainedTokenizer,
  RowOptions,
  TruncationStrategy,
} from "../tokenizer/mod.ts";

/**
 * Encodes texts, or pairs of texts, that a model reads as a whole.
 *
 * @param tokenizer Tokenizer of the model.
 * @param maxLength Largest number of tokens that the model reads.
 * @param texts The texts.
 * @param truncation Whether long texts are truncated; for pairs, which text.
 * @param seconds For each text the second texts that it is paired with; absent: it stands alone.
 * @param options Other options of the tokenizer.
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
  options: Pick<RowOptions, "src_lang"> = {},
): EncodedRow[] {
  const textOfRow = texts.flatMap((_, text) => seconds?.[text].map(() => text) ?? text);
  const rows = tokenizer._encodeRows(textOfRow.map((text) => texts[text]), {
    ...options,
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
