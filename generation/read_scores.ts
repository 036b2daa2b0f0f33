/**
 * Scores of the next ids, read from the backend.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import { logSum } from "./softmax.ts";
import { topScores } from "../ops/top_scores.ts";

/** Scores of a row's next id: of all ids, or of some. */
export interface StepScores {
  /** The scores. */
  readonly scores: Float64Array;
  /** The id of each score, ascending; absent: scores are those of all ids, `[V]`. */
  readonly ids?: Int32Array;
}

/**
 * Reads logits.
 *
 * @param logits `[rows, V]`.
 * @param isLog Whether their log-softmax is wanted.
 * @returns The scores of each row, `[V]`, in float64.
 * @throws {RangeError} If a logit is NaN or ∞.
 */
export async function readScores(logits: Floats, isLog: boolean): Promise<Float64Array[]> {
  const values = await logits.getData();
  const [rows, width] = logits.dims;
  return Array.from({ length: rows }, (_, row) => {
    const scores = new Float64Array(values.subarray(row * width, (row + 1) * width));
    for (let id = 0; id < width; id++) {
      if (scores[id] < Infinity) continue;
      throw new RangeError(
        `Cannot choose an id by the logit ${
          scores[id]
        } of id ${id}: a value on the way to it was ` +
          "not a number or beyond the range of float32",
      );
    }
    if (isLog) {
      const sum = logSum(scores);
      for (let id = 0; id < width; id++) scores[id] -= sum;
    }
    return scores;
  });
}

/**
 * Lets the backend choose the largest logits of each row, and reads only those.
 *
 * @param backend The backend of the logits.
 * @param logits `[rows, V]`.
 * @param count How many of each row, at most 256.
 * @param isLog Whether their log-softmax is wanted.
 * @returns The candidates of each row, by ascending id.
 * @throws {RangeError} If a logit is NaN or ∞.
 */
export async function readTopScores(
  backend: Backend,
  logits: Floats,
  count: number,
  isLog: boolean,
): Promise<StepScores[]> {
  const [rows] = logits.dims;
  const best = backend.run(topScores, logits, count);
  try {
    const [values, indices, sums] = await Promise.all([
      best.values.getData(),
      best.indices.getData(),
      best.logSum.getData(),
    ]);
    return Array.from({ length: rows }, (_, row) => {
      const sum = sums[row];
      if (!Number.isFinite(sum)) {
        throw new RangeError(
          `Cannot choose an id for row ${row} of the logits: a value on the way to them was not ` +
            "a number or beyond the range of float32",
        );
      }
      const places = Array.from({ length: count }, (_, i) => row * count + i)
        .sort((a, b) => indices[a] - indices[b]);
      return {
        ids: Int32Array.from(places, (place) => indices[place]),
        scores: Float64Array.from(places, (place) => isLog ? values[place] - sum : values[place]),
      };
    });
  } finally {
    for (const tensor of Object.values(best)) tensor.dispose();
  }
}
