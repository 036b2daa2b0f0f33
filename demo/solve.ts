/**
 * Lets a model guess hidden words.
 *
 * @module
 */
import { AutoModelForMaskedLM, type PreTrainedOptions } from "../models/mod.ts";
import { softmax } from "../pipelines/softmax.ts";
import { largest } from "../pipelines/top_k.ts";
import type { Riddle } from "./hide_words.ts";

/** A guess for one hidden word. */
export interface Guess {
  /** The likeliest words' ids, best first. */
  readonly best: readonly number[];
  /** Their probabilities. */
  readonly probabilities: readonly number[];
  /** The probability of the true word. */
  readonly truth: number;
}

/** What a model made of a riddle. */
export interface Solution {
  /** One guess for each hidden word. */
  readonly guesses: readonly Guess[];
  /** Share of words whose likeliest guess is the true one. */
  readonly accuracy: number;
  /** Mean of `−log₂ p(truth)`. */
  readonly bits: number;
  /** What it took, without loading. */
  readonly seconds: number;
}

/**
 * Loads a model and lets it guess.
 *
 * @param folder The checkpoint.
 * @param riddle The text with hidden words.
 * @param options How to load it.
 * @param onLayer Called after each layer.
 * @returns The guesses and how good they are.
 */
export async function solve(
  folder: string,
  riddle: Riddle,
  options: PreTrainedOptions,
  onLayer: (done: { layer: number; layers: number }) => void,
): Promise<Solution> {
  const model = await AutoModelForMaskedLM.from_pretrained(folder, options);
  try {
    const started = performance.now();
    const inputs = { input_ids: [riddle.masked], layer_callback: onLayer };
    const logits = await model.logitsAt(inputs, [riddle.places]);
    const scores = await logits.getData();
    const seconds = (performance.now() - started) / 1000;
    const vocabulary = logits.dims[2];
    const guesses = riddle.truth.map((truth, i) => {
      const all = softmax(scores.subarray(i * vocabulary, (i + 1) * vocabulary));
      const best = largest(all, 3);
      return { best, probabilities: best.map((id) => all[id]), truth: all[truth] };
    });
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    return {
      guesses,
      accuracy: mean(guesses.map(({ best }, i) => best[0] === riddle.truth[i] ? 1 : 0)),
      bits: mean(guesses.map(({ truth }) => -Math.log2(truth))),
      seconds,
    };
  } finally {
    model.dispose();
  }
}
