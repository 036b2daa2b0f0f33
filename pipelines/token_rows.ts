/**
 * Texts to rows of token ids, in typed arrays.
 *
 * @module
 */
import { pauses } from "../base/next_task.ts";
import { checkTexts } from "../tokenizer/check_arguments.ts";
import type {
  EncodedRow,
  PreTrainedTokenizer,
  RowOptions,
  TruncationStrategy,
} from "../tokenizer/mod.ts";

/**
 * Encodes texts, or pairs of texts, that a model reads as a whole. Between texts other tasks run now
 * and then, and the signal acts.
 *
 * @param tokenizer Tokenizer of the model.
 * @param maxLength Largest number of tokens that the model reads.
 * @param texts The texts.
 * @param truncation Whether long texts are truncated; for pairs, which text.
 * @param signal Stops the work when aborted.
 * @param seconds For each text the second texts that it is paired with; absent: it stands alone.
 * @param options Other options of the tokenizer.
 * @returns A row for each text, or for each pair.
 * @throws {TypeError} If a text is not a string.
 * @throws {RangeError} If there are no texts, or a text is too long or has no tokens.
 * @throws The signal's reason, if it was aborted.
 */
export async function encodeTexts(
  tokenizer: PreTrainedTokenizer,
  maxLength: number,
  texts: readonly string[],
  truncation: boolean | TruncationStrategy,
  signal: AbortSignal | undefined,
  seconds?: readonly (readonly string[])[],
  options: Pick<RowOptions, "src_lang"> = {},
): Promise<EncodedRow[]> {
  checkTexts(texts, "text");
  if (seconds) checkTexts(seconds.flat(), "text_pair");
  const pause = pauses();
  const rows: EncodedRow[] = [];
  for (const [i, text] of texts.entries()) {
    const encoded = tokenizer._encodeRows(seconds?.[i].map(() => text) ?? [text], {
      ...options,
      ...(seconds && { text_pair: [...seconds[i]] }),
      ...(truncation && { truncation, max_length: maxLength }),
    });
    for (const row of encoded) {
      checkLength(row.ids.length, maxLength, i);
      rows.push(row);
    }
    await pause();
    signal?.throwIfAborted();
  }
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
