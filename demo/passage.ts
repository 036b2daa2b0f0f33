/**
 * A passage of a book: whole sentences and their tokens.
 *
 * @module
 */
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { splitSentences } from "./sentences.ts";

/** Whole sentences of a text. */
export interface Passage {
  /** The sentences. */
  readonly sentences: readonly string[];
  /** The ids of each, with the space before it. */
  readonly ids: readonly (readonly number[])[];
  /** All ids, with special tokens: the encoder's input. */
  readonly input: readonly number[];
}

/**
 * Takes the sentences from the start of a text that fit a number of tokens.
 *
 * @param text The text.
 * @param tokenizer The model's tokenizer.
 * @param tokens Most tokens, special ones included.
 * @returns The passage.
 */
export function readPassage(
  text: string,
  tokenizer: PreTrainedTokenizer,
  tokens: number,
): Passage {
  return cutPassage(tokenizeSentences(splitSentences(text), tokenizer), tokenizer, tokens);
}

/**
 * Takes the first sentences of a passage.
 *
 * @param passage The passage.
 * @param tokenizer The model's tokenizer.
 * @param tokens Most tokens, special ones included.
 * @returns The shorter passage.
 */
export function cutPassage(
  { sentences, ids }: Pick<Passage, "sentences" | "ids">,
  tokenizer: PreTrainedTokenizer,
  tokens: number,
): Passage {
  let [count, used] = [0, 2];
  while (count < ids.length && used + ids[count].length <= tokens) used += ids[count++].length;
  const kept = ids.slice(0, count);
  const [start, end] = [tokenizer.cls_token_id!, tokenizer.sep_token_id!];
  return {
    sentences: sentences.slice(0, count),
    ids: kept,
    input: [start, ...kept.flat(), end],
  };
}

function tokenizeSentences(
  sentences: readonly string[],
  tokenizer: PreTrainedTokenizer,
): Pick<Passage, "sentences" | "ids"> {
  const ids = sentences.map((sentence) => {
    // One at a time: a batch would be padded.
    const { input_ids } = tokenizer(` ${sentence}`, { add_special_tokens: false });
    return (input_ids.tolist() as bigint[][])[0].map(Number);
  });
  return { sentences, ids };
}
