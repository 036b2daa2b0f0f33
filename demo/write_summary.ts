/**
 * Summaries by the embedded model.
 *
 * @module
 */
import type { Seq2SeqGenerateInputs, Seq2SeqLM } from "../generation/mod.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { OnlySentences } from "./only_sentences.ts";
import type { Passage } from "./passage.ts";
import { isCandidate, SUMMARY_SENTENCES } from "./principal_sentences.ts";

/** A summary. */
export interface Summary {
  /** Its text. */
  readonly text: string;
  /** Number of generated tokens. */
  readonly tokens: number;
  /** Time of reading and writing. */
  readonly seconds: number;
}

/** Most tokens of a summary. */
const MAX_LENGTH = 256;

/**
 * Writes a summary of sentences of the passage by a beam search that can write nothing else; they
 * are put in the order of the passage.
 *
 * @param model The model.
 * @param passage The passage.
 * @param tokenizer The model's tokenizer.
 * @param num_beams Number of beams.
 * @param inputs Further inputs of the model, such as `layer_callback`.
 * @returns The summary.
 * @throws {RangeError} If the passage has too few sentences.
 */
export async function chooseSentences(
  model: Seq2SeqLM,
  passage: Passage,
  tokenizer: PreTrainedTokenizer,
  num_beams: number,
  inputs: Partial<Seq2SeqGenerateInputs> = {},
): Promise<Summary> {
  const indices = [...passage.sentences.keys()].filter((i) => isCandidate(passage.sentences[i]));
  const ids = indices.map((i) => passage.ids[i]);
  const sentences = new OnlySentences(ids, SUMMARY_SENTENCES, tokenizer.sep_token_id!);
  const { row, seconds } = await generate(model, passage, {
    ...inputs,
    num_beams,
    // A score is the probability of these sentences among all others.
    logits_processor: sentences.processor,
    renormalize_logits: true,
    length_penalty: 0,
    no_repeat_ngram_size: 0,
    max_length: 512,
  });
  const written = [...sentences.written(row)].sort((a, b) => a - b);
  const text = written.map((i) => passage.sentences[indices[i]]).join(" ");
  return { text, tokens: row.length - 1, seconds };
}

/**
 * Writes a summary freely.
 *
 * @param model The model.
 * @param passage The passage.
 * @param tokenizer The model's tokenizer.
 * @param num_beams Number of beams.
 * @param inputs Further inputs of the model.
 * @returns The summary.
 */
export async function writeFreely(
  model: Seq2SeqLM,
  passage: Passage,
  tokenizer: PreTrainedTokenizer,
  num_beams: number,
  inputs: Partial<Seq2SeqGenerateInputs> = {},
): Promise<Summary> {
  const settings = { max_length: MAX_LENGTH, ...inputs, num_beams };
  const { row, seconds } = await generate(model, passage, settings);
  const text = tokenizer.decode(row, { skip_special_tokens: true }).trim();
  return { text, tokens: row.length - 1, seconds };
}

async function generate(
  model: Seq2SeqLM,
  { input }: Passage,
  settings: Partial<Seq2SeqGenerateInputs>,
): Promise<{ row: number[]; seconds: number }> {
  const started = performance.now();
  const sequences = await model.generate({
    ...settings,
    input_ids: [input],
    attention_mask: [input.map(() => 1)],
    return_dict_in_generate: false,
  });
  const seconds = (performance.now() - started) / 1000;
  return { row: (sequences.tolist() as bigint[][])[0].map(Number), seconds };
}
