/**
 * A question with each part of a document that is too long for a model.
 *
 * @module
 */
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import type { AnswerTokens } from "./answer_spans.ts";
import type { TokenRow } from "./text_pipeline.ts";

/** A question and a part of a document. */
export interface DocumentWindow extends TokenRow {
  /** Which tokens can be an answer. */
  readonly tokens: AnswerTokens;
  /** Start and end of each token in its text, in UTF-16 code units. */
  readonly offset_mapping: readonly (readonly [number, number])[];
  /** Which word of its text a token is from. */
  readonly word_ids: readonly (number | null)[];
}

/**
 * Cuts a document into windows that overlap, each behind the question.
 *
 * @param tokenizer Text to ids.
 * @param question The question, which is never cut.
 * @param context The document.
 * @param length Tokens of a window, the question and special tokens counted.
 * @param overlap How many tokens of the document a window shares with the one before; absent: 128,
 * or less where that is more than half.
 * @returns The windows; one if all fits.
 * @throws {RangeError} If the question leaves no room, or the overlap is as long as a window.
 */
export function documentWindows(
  tokenizer: PreTrainedTokenizer,
  question: string,
  context: string,
  length: number,
  overlap?: number,
): DocumentWindow[] {
  const plain = { return_tensor: false } as const;
  const room = length - tokenizer(question, { ...plain, text_pair: "" }).input_ids.length;
  if (room < 1) {
    throw new RangeError(
      `Cannot answer a question of ${length - room} tokens, special ones counted: it leaves no ` +
        `room for the document in max_seq_len ${length}`,
    );
  }
  if (overlap !== undefined && overlap >= room) {
    throw new RangeError(
      `Cannot answer with doc_stride ${overlap}: beside the question a window of max_seq_len ` +
        `${length} has ${room} tokens of the document; wanted fewer in common`,
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
      stride: overlap ?? (usual < room ? usual : Math.floor(room / 2)),
      return_overflowing_tokens: true,
      return_special_tokens_mask: true,
      return_offsets_mapping: true,
      return_word_ids: true,
    },
  );
  const asked = tokenizer.encode(question, { add_special_tokens: false }).length;
  return input_ids.map((ids, i) => {
    const ofTexts = [...ids.keys()].filter((token) => !special_tokens_mask![i][token]);
    const document = ofTexts.slice(asked);
    const isNone = (token: number) =>
      ids[token] === tokenizer.cls_token_id && !document.includes(token);
    return {
      input_ids: ids,
      ...(token_type_ids && { token_type_ids: token_type_ids[i] }),
      tokens: { document, none: [...ids.keys()].filter(isNone) },
      offset_mapping: offset_mapping![i],
      word_ids: word_ids![i],
    };
  });
}
