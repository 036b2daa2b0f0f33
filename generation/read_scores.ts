/**
 * Scores of the next ids, read from the backend.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import { logSum } from "./softmax.ts";

/**
 * Reads logits.
 *
 * @param logits `[rows, V]`.
 * @param isLog Whether their log-softmax is wanted.
 * @returns The scores of each row, `[V]`, in float64.
 * @throws {RangeError} If a logit is NaN or ∞.
 *
 * @example
 * ```ts
 * import { readScores } from "./read_scores.ts";
 * import { Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const logits = new Tensor("float32", new Float32Array([7, -Infinity]), [1, 2]);
 * const [scores] = await readScores(logits, true);
 * assertEquals([...scores], [0, -Infinity]);
 * ```
 */
export async function readScores(logits: Floats, isLog: boolean): Promise<Float64Array[]> {
  const values = await logits.getData();
  const [rows, width] = logits.dims;
  return Array.from({ length: rows }, (_, row) => {
    const scores = Float64Array.from(values.subarray(row * width, (row + 1) * width));
    const wrong = scores.findIndex((score) => !(score < Infinity));
    if (wrong !== -1) {
      throw new RangeError(
        `Cannot choose an id by the logit ${scores[wrong]} of id ${wrong}: a value on the way ` +
          "to it was not a number or beyond the range of float32",
      );
    }
    if (isLog) {
      const sum = logSum(scores);
      for (let id = 0; id < width; id++) scores[id] -= sum;
    }
    return scores;
  });
}
