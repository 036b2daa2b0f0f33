/**
 * A rule of sampling.
 *
 * @module
 */
import { probabilities } from "../softmax.ts";
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
    const ascending = scores.filter((score) => score > -Infinity).sort();
    const shares = probabilities(ascending);
    const most = Math.max(ascending.length - this.#keep, 0);
    let gone = 0;
    for (let sum = 0; gone < most; gone++) {
      sum += shares[gone];
      if (sum > 1 - this.top_p) break;
    }
    // What stays begins here; of those that equal it the higher ids may have gone.
    const limit = ascending[gone];
    let equals = gone - ascending.indexOf(limit);
    for (let id = scores.length - 1; id >= 0; id--) {
      if (scores[id] < limit || (scores[id] === limit && equals-- > 0)) scores[id] = -Infinity;
    }
  }
}
