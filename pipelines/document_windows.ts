/**
 * Overlapping windows of a document, each with the question.
 *
 * @module
 */
import type { EncodedRow, PreTrainedTokenizer } from "../tokenizer/mod.ts";
import type { AnswerTokens } from "./answer_spans.ts";

/** A question and a part of a document. */
export interface DocumentWindow extends EncodedRow {
  /** Tokens that an answer can consist of. */
  readonly tokens: AnswerTokens;
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
  const alone = tokenizer._encodeRows([question], { text_pair: [""] })[0].ids.length;
  const available = length - alone;
  if (available < 1) {
    throw new RangeError(
      `Cannot answer a question of ${alone} tokens, special tokens included: it leaves no room ` +
        `for the document in max_seq_len ${length}`,
    );
  }
  if (overlap !== undefined && overlap >= available) {
    throw new RangeError(
      `Cannot answer with doc_stride ${overlap}: beside the question a window of max_seq_len ` +
        `${length} holds ${available} tokens of the document; wanted fewer`,
    );
  }
  const usual = Math.min(Math.floor(length / 2), 128);
  const rows = tokenizer._encodeRows([question], {
    text_pair: [context],
    truncation: "only_second",
    max_length: length,
    stride: overlap ?? (usual < available ? usual : Math.floor(available / 2)),
    return_overflowing_tokens: true,
  });
  const questionLength = tokenizer.encode(question, { add_special_tokens: false }).length;
  return rows.map((row) => {
    const { ids, special } = row;
    const textTokens = [...ids.keys()].filter((token) => !special[token]);
    const document = textTokens.slice(questionLength);
    const isNone = (token: number) =>
      ids[token] === tokenizer.cls_token_id && !document.includes(token);
    return { ...row, tokens: { document, none: [...ids.keys()].filter(isNone) } };
  });
}
