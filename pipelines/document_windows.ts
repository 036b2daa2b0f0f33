/**
 * Overlapping windows of a document, each with the question.
 *
 * @module
 */
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import type { AnswerTokens } from "./answer_spans.ts";
import { type TokenRow, tokenRow } from "./token_rows.ts";

/** A question and a part of a document. */
export interface DocumentWindow extends TokenRow {
  /** Tokens that an answer can consist of. */
  readonly tokens: AnswerTokens;
  /** Start and end of each token in its text, in UTF-16 code units. */
  readonly offset_mapping: readonly (readonly [number, number])[];
  /** Index of the word of its text that each token is from. */
  readonly word_ids: readonly (number | null)[];
}

/**
 * Splits a document into overlapping windows, each preceded by the question.
 *
 * @param tokenizer Tokenizer of the model.
 * @param question The question, which is never truncated.
 * @param context The document.
 * @param length Most tokens in a window, including the question and special tokens.
 * @param overlap Number of document tokens that a window shares with the previous one; absent: 128,
 * or half a window if that is less.
 * @returns The windows; one if everything fits.
 * @throws {RangeError} If the question leaves no room for the document, or the overlap is not
 * shorter than a window.
 */
export function documentWindows(
  tokenizer: PreTrainedTokenizer,
  question: string,
  context: string,
  length: number,
  overlap?: number,
): DocumentWindow[] {
  const plain = { return_tensor: false } as const;
  const available = length - tokenizer(question, { ...plain, text_pair: "" }).input_ids.length;
  if (available < 1) {
    throw new RangeError(
      `Cannot answer a question of ${
        length - available
      } tokens, special tokens included: it leaves ` +
        `no room for the document in max_seq_len ${length}`,
    );
  }
  if (overlap !== undefined && overlap >= available) {
    throw new RangeError(
      `Cannot answer with doc_stride ${overlap}: beside the question a window of max_seq_len ` +
        `${length} holds ${available} tokens of the document; wanted fewer`,
    );
  }
  const usual = Math.min(Math.floor(length / 2), 128);
  const { input_ids, token_type_ids, special_tokens_mask, offset_mapping, word_ids } = tokenizer(
    [question],
    {
      ...plain,
      text_pair: [context],
      truncation: "only_second",
      max_length: length,
      stride: overlap ?? (usual < available ? usual : Math.floor(available / 2)),
      return_overflowing_tokens: true,
      return_special_tokens_mask: true,
      return_offsets_mapping: true,
      return_word_ids: true,
    },
  );
  const questionLength = tokenizer.encode(question, { add_special_tokens: false }).length;
  return input_ids.map((ids, i) => {
    const textTokens = [...ids.keys()].filter((token) => !special_tokens_mask![i][token]);
    const document = textTokens.slice(questionLength);
    const isNone = (token: number) =>
      ids[token] === tokenizer.cls_token_id && !document.includes(token);
    return {
      ...tokenRow(ids, token_type_ids?.[i]),
      tokens: { document, none: [...ids.keys()].filter(isNone) },
      offset_mapping: offset_mapping![i],
      word_ids: word_ids![i],
    };
  });
}
