/**
 * How well a model guesses hidden tokens.
 *
 * @module
 */
import type { MaskedLM } from "../../models/mod.ts";
import type { Window } from "./passages.ts";

/** Of one passage. */
export interface Score {
  /** Mean of `−log₂ p` of hidden tokens. */
  readonly bits: number;
  /** Share of hidden tokens whose likeliest guess is right. */
  readonly accuracy: number;
  /** Seconds a window. */
  readonly seconds: number;
}

/** A mean with its standard error. */
export interface Estimate {
  /** The mean. */
  readonly mean: number;
  /** Standard deviation over the root of the count; 0 for a single value. */
  readonly error: number;
}

/**
 * Lets a model guess.
 *
 * @param model The model.
 * @param windows The windows of a passage.
 * @returns The score.
 */
export async function score(model: MaskedLM, windows: readonly Window[]): Promise<Score> {
  let bits = 0;
  let correct = 0;
  let hidden = 0;
  let milliseconds = 0;
  for (const { ids, places, truth } of windows) {
    if (places.length === 0) continue;
    const start = performance.now();
    const logits = await model.logitsAt({ input_ids: [ids] }, [places]);
    const scores = await logits.getData();
    milliseconds += performance.now() - start;
    const [, , words] = logits.dims;
    truth.forEach((id, i) => {
      const row = scores.subarray(i * words, (i + 1) * words);
      const top = row.reduce((a, b) => Math.max(a, b));
      const sum = row.reduce((total, x) => total + Math.exp(x - top), 0);
      bits += (Math.log(sum) + top - row[id]) / Math.LN2;
      correct += row[id] === top ? 1 : 0;
    });
    hidden += truth.length;
    logits.dispose();
  }
  return {
    bits: bits / hidden,
    accuracy: correct / hidden,
    seconds: milliseconds / 1000 / windows.length,
  };
}

/**
 * The mean of independent values, and how far it may be from the truth.
 *
 * @param values At least one.
 * @returns Mean and standard error.
 * @throws {RangeError} If there are no values.
 */
export function estimate(values: readonly number[]): Estimate {
  if (values.length === 0) throw new RangeError("Cannot take the mean of no values");
  const count = values.length;
  const mean = values.reduce((a, b) => a + b) / count;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, error: count === 1 ? 0 : Math.sqrt(squares / (count - 1) / count) };
}
