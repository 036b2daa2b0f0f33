/**
 * Passkey retrieval by a model.
 *
 * @module
 */
import type { DecoderLM } from "../../generation/mod.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import type { Prompt } from "./prompts.ts";
import type { Setting } from "./variants.ts";

/** Most ids that are read at once; a longer prompt is read alone. */
const BATCH_IDS = 4096;

/** More ids than a key has digits: the first may be a space. */
const EXTRA_IDS = 1;

/** What a model says to a prompt. */
export interface Answer {
  /** The generated text. */
  readonly text: string;
  /** Whether it begins with the key. */
  readonly isRight: boolean;
}

/**
 * Asks a model for keys: greedy search, as many ids as a key needs.
 *
 * @param model The model.
 * @param tokenizer Its tokenizer.
 * @param prompts The prompts.
 * @param setting Group and window.
 * @returns An answer for each prompt.
 */
export async function retrieve(
  model: DecoderLM,
  tokenizer: PreTrainedTokenizer,
  prompts: readonly Prompt[],
  { self_extend }: Setting,
): Promise<Answer[]> {
  const longest = Math.max(...prompts.map(({ ids }) => ids.length));
  const rows = Math.max(1, Math.floor(BATCH_IDS / longest));
  const answers: Answer[] = [];
  for (let first = 0; first < prompts.length; first += rows) {
    const batch = prompts.slice(first, first + rows);
    const width = Math.max(...batch.map(({ ids }) => ids.length));
    const padded = (row: readonly number[], pad: number) =>
      [...Array(width - row.length).fill(pad), ...row] as number[];
    const sequences = await model.generate({
      input_ids: batch.map(({ ids }) => padded(ids, 0)),
      attention_mask: batch.map(({ ids }) => padded(ids.map(() => 1), 0)),
      max_new_tokens: batch[0].key.length + EXTRA_IDS,
      pad_token_id: 0,
      do_sample: false,
      num_beams: 1,
      self_extend,
    });
    const generated = (sequences.tolist() as bigint[][]).map((row) => row.slice(width).map(Number));
    answers.push(...batch.map(({ key }, i) => {
      const text = tokenizer.decode(generated[i]);
      return { text, isRight: text.trimStart().startsWith(key) };
    }));
  }
  return answers;
}
