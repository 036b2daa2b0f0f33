/**
 * Scores of a model's predictions.
 *
 * @module
 */
import type { MaskedLM } from "../../models/mod.ts";
import { computeBorderBits, COPY } from "./border_bits.ts";
import { predict, type Prediction } from "./predict.ts";
import type { Window } from "./passages.ts";

/** Score of one passage. */
export interface Score {
  /** Mean of `−log₂ p` over masked tokens. */
  readonly bits: number;
  /** Fraction of masked tokens that are predicted correctly. */
  readonly accuracy: number;
  /** Seconds per window. */
  readonly seconds: number;
  /** {@linkcode computeBorderBits}; empty if a window has one copy of the position table. */
  readonly borders: readonly number[];
}

/**
 * Scores a model on a passage.
 *
 * @param model The model.
 * @param windows The windows of a passage.
 * @returns The score.
 */
export async function score(model: MaskedLM, windows: readonly Window[]): Promise<Score> {
  const start = performance.now();
  const predictions: Prediction[] = [];
  for (const window of windows) {
    if (window.positions.length > 0) predictions.push(...await predict(model, window));
  }
  const milliseconds = performance.now() - start;
  return {
    bits: predictions.reduce((sum, { bits }) => sum + bits, 0) / predictions.length,
    accuracy: predictions.filter(({ isCorrect }) => isCorrect).length / predictions.length,
    seconds: milliseconds / 1000 / windows.length,
    borders: windows[0].ids.length > COPY ? computeBorderBits(predictions) : [],
  };
}
