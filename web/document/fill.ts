/**
 * Fills hidden words.
 *
 * @module
 */
import { pauses } from "../../base/next_task.ts";
import { AutoModelForMaskedLM, type MaskedLM } from "../../models/mod.ts";
import { largest } from "../../pipelines/top_k.ts";
import { softmax } from "../../tensor/softmax.ts";
import { AutoTokenizer, type PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import { hideWords } from "./hide_words.ts";
import { load, type Run } from "./load.ts";
import type { FilledWord, FillRequest, FillResult } from "./protocol.ts";
import { type ReadText, readText } from "./read_text.ts";

/** Guesses for a word. */
const GUESSES = 3;

interface Filler {
  readonly tokenizer: PreTrainedTokenizer;
  readonly model: MaskedLM;
}

/**
 * Hides words of a text and fills them; where the text has mask tokens, these are filled instead.
 *
 * @param request The text and the settings.
 * @param run Progress and signal.
 * @returns The words and what it cost.
 * @throws {RangeError} If the text has no word to hide, or the model has no mask token.
 */
export async function fill(request: FillRequest, run: Run): Promise<FillResult> {
  const { text, hidden, seed } = request;
  const { loaded, name, attention, backend, threads, measure } = await load<Filler>(
    "fill",
    request,
    run,
    async (source, options) => {
      const tokenizer = await AutoTokenizer.from_pretrained(source, { signal: options.signal });
      return { tokenizer, model: await AutoModelForMaskedLM.from_pretrained(source, options) };
    },
  );
  const { tokenizer, model } = loaded;
  const mask = tokenizer.mask_token_id;
  if (mask === undefined) throw new RangeError("This model has no token for a hidden word");
  run.report("Reading the text …");
  const read = readText(tokenizer, text, Math.min(request.tokens, model.maxLength));
  const given = read.ids.flatMap((id, i) => id === mask ? [i] : []);
  const positions = given.length > 0 ? given : hideWords(text, read, hidden, seed);
  if (positions.length === 0) {
    throw new RangeError("The text has no word to hide: paste a longer one");
  }
  for (const position of positions) read.ids[position] = mask;

  const end = measure();
  const logits = await model.logitsAt({
    input_ids: [read.ids],
    signal: run.signal,
    layer_callback: ({ layer, layers }) =>
      run.report(`${amount(read.ids.length)} tokens: layer ${layer} of ${layers}`, layer / layers),
  }, [positions]);
  const scores = await logits.getData();
  const cost = end();
  logits.dispose();
  const words = await guess(text, read, positions, scores, tokenizer, given.length > 0);
  return {
    task: "fill",
    ...{ model: name, attention, device: backend.name, threads, ...cost },
    tokens: read.ids.length,
    words,
    end: read.end,
  };
}

/** The likeliest words of each position. */
async function guess(
  text: string,
  { ranges }: ReadText,
  positions: readonly number[],
  scores: Float32Array,
  tokenizer: PreTrainedTokenizer,
  isGiven: boolean,
): Promise<FilledWord[]> {
  const pause = pauses();
  const size = scores.length / positions.length;
  const words: FilledWord[] = [];
  for (const [i, position] of positions.entries()) {
    await pause();
    const all = softmax(Float64Array.from(scores.subarray(i * size, (i + 1) * size)));
    const guesses = largest(all, GUESSES).map((id) => ({
      word: tokenizer.decode([id]).trim(),
      probability: all[id],
    }));
    const [start, end] = ranges[position];
    const space = text.slice(start, end).search(/\S|$/);
    const range = { start: start + space, end };
    words.push({ ...range, guesses, ...(!isGiven && { word: text.slice(range.start, end) }) });
  }
  return words;
}

function amount(tokens: number): string {
  return tokens.toLocaleString("en");
}
