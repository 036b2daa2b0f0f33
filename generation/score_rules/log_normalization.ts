/**
 * A rule that makes scores logarithms of probabilities.
 *
 * @module
 */
import { logSum } from "../softmax.ts";
import { LogitsWarper, type Scores } from "./logits_processor.ts";

/**
 * Log-softmax: subtracts `log Σ exp(z)`.
 *
 * @example
 * ```ts
 * import { LogitNormalization } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([5, -Infinity]);
 * new LogitNormalization().apply([], scores);
 * assertEquals([...scores], [0, -Infinity]);
 * ```
 */
export class LogitNormalization extends LogitsWarper {
  /** Changes the scores; see the class. All −∞ stays. */
  override apply(_ids: readonly number[], scores: Scores): void {
    const sum = logSum(scores);
    if (Number.isNaN(sum)) return;
    for (let id = 0; id < scores.length; id++) scores[id] -= sum;
  }
}
