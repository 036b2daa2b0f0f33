/**
 * A rule that makes the end of a row ever more likely.
 *
 * @module
 */
import { LogitsProcessor, type Scores } from "./logits_processor.ts";

/**
 * Adds `|z|·(fᵏ − 1)` to the scores of the ids that end a row, k ids after a start.
 *
 * @example
 * ```ts
 * import { ExponentialDecayLengthPenalty } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([-1, 2]);
 * new ExponentialDecayLengthPenalty([1, 3], 0, 1).apply([1, 1, 1], scores);
 * assertEquals([...scores], [1, 2]);
 * ```
 */
export class ExponentialDecayLengthPenalty extends LogitsProcessor {
  readonly #start: number;
  readonly #factor: number;
  readonly #ends: readonly number[];

  /**
   * Makes the rule.
   *
   * @param exponential_decay_length_penalty After how many generated ids it starts, and f.
   * @param eos_token_id The ids that end a row.
   * @param input_ids_seq_length Number of ids that a row starts with.
   */
  constructor(
    exponential_decay_length_penalty: readonly [number, number],
    eos_token_id: number | readonly number[],
    input_ids_seq_length: number,
  ) {
    super();
    this.#start = exponential_decay_length_penalty[0] + input_ids_seq_length;
    this.#factor = exponential_decay_length_penalty[1];
    this.#ends = [eos_token_id].flat();
  }

  /** Changes the scores; see the class. A banned id stays banned. */
  override apply(ids: readonly number[], scores: Scores): void {
    const steps = ids.length - this.#start;
    if (steps <= 0) return;
    for (const id of this.#ends) {
      // 0·∞ is not a number, and a banned id stays banned.
      if (scores[id] === 0 || scores[id] === -Infinity) continue;
      const added = Math.abs(scores[id]) * (this.#factor ** steps - 1);
      // Large enough to be certain, and still a number when float32 holds it.
      scores[id] = Math.min(scores[id] + added, 1e30);
    }
  }
}
