/**
 * A rule of sampling.
 *
 * @module
 */
import { possibleIds, probabilities } from "../softmax.ts";
import { LogitsWarper, type Scores } from "./logits_processor.ts";
import type { KeepOptions } from "./top_k.ts";

/**
 * Leaves only the likeliest ids whose probabilities add up to p (Holtzman et al., nucleus sampling).
 *
 * In ascending order (of equals the higher id first) what has a running sum of probability of at
 * most 1 − p goes.
 *
 * @example
 * ```ts
 * import { TopPLogitsWarper } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([0, 0, 5]);
 * new TopPLogitsWarper(0.9).apply([], scores);
 * assertEquals([...scores], [-Infinity, -Infinity, 5]);
 * ```
 */
export class TopPLogitsWarper extends LogitsWarper {
  readonly #keep: number;

  /**
   * Makes the rule.
   *
   * @param top_p Sum of probability, 0 to 1.
   * @param options Fewest ids that are left.
   */
  constructor(readonly top_p: number, { min_tokens_to_keep = 1 }: KeepOptions = {}) {
    super();
    this.#keep = min_tokens_to_keep;
  }

  /** Leaves ids out; see the class. */
  override apply(_ids: readonly number[], scores: Scores): void {
    const shares = probabilities(scores);
    const ascending = possibleIds(scores).sort((a, b) => scores[a] - scores[b] || b - a);
    let sum = 0;
    for (const id of ascending.slice(0, Math.max(ascending.length - this.#keep, 0))) {
      sum += shares[id];
      if (sum > 1 - this.top_p) break;
      scores[id] = -Infinity;
    }
  }
}
