/**
 * Prediction of masked words.
 *
 * @module
 */
import { AutoModelForMaskedLM, type PreTrainedOptions } from "../models/mod.ts";
import { softmax } from "../tensor/softmax.ts";
import { largest } from "../pipelines/top_k.ts";
import type { MaskedText } from "./mask_words.ts";

/** Prediction of a masked word. */
export interface Prediction {
  /** Most likely ids, best first. */
  readonly best: readonly number[];
  /** Their probabilities. */
  readonly probabilities: readonly number[];
  /** Probability of the target. */
  readonly target: number;
}

/** Predictions of a model. */
export interface Predictions {
  /** One prediction per masked word. */
  readonly predictions: readonly Prediction[];
  /** Fraction of words whose most likely id is the target. */
  readonly accuracy: number;
  /** Mean of `−log₂ p(target)`. */
  readonly bits: number;
  /** Time without loading. */
  readonly seconds: number;
}

/**
 * Loads a model and predicts the masked words.
 *
 * @param folder Folder of the checkpoint.
 * @param text The masked text.
 * @param options Options of loading.
 * @param onLayer Called after each layer.
 * @returns The predictions.
 */
export async function predictWords(
  folder: string,
  text: MaskedText,
  options: PreTrainedOptions,
  onLayer: (done: { layer: number; layers: number }) => void,
): Promise<Predictions> {
  const model = await AutoModelForMaskedLM.from_pretrained(folder, options);
  try {
    const started = performance.now();
    const inputs = { input_ids: [text.ids], layer_callback: onLayer };
    const logits = await model.logitsAt(inputs, [text.positions]);
    const scores = await logits.getData();
    const seconds = (performance.now() - started) / 1000;
    const vocabulary = logits.dims[2];
    const predictions = text.targets.map((target, i) => {
      const all = softmax(Float64Array.from(scores.subarray(i * vocabulary, (i + 1) * vocabulary)));
      const best = largest(all, 3);
      return { best, probabilities: best.map((id) => all[id]), target: all[target] };
    });
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    return {
      predictions,
      accuracy: mean(predictions.map(({ best }, i) => best[0] === text.targets[i] ? 1 : 0)),
      bits: mean(predictions.map(({ target }) => -Math.log2(target))),
      seconds,
    };
  } finally {
    model.dispose();
  }
}
