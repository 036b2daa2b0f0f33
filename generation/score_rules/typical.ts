/**
 * A rule of sampling.
 *
 * @module
 */
import { possibleIds, probabilities } from "../softmax.ts";
import { LogitsWarper, type Scores } from "./logits_processor.ts";
import type { KeepOptions } from "./top_k.ts";

/**
 * Leaves only the ids whose information is closest to the entropy and whose probabilities add up to
 * p (Meister et al., locally typical sampling).
 *
 * @example
 * ```ts
 * import { TypicalLogitsWarper } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([2, 1, -5]);
 * new TypicalLogitsWarper(0.5).apply([], scores);
 * assertEquals([...scores], [2, -Infinity, -Infinity]);
 * ```
 */
export class TypicalLogitsWarper extends LogitsWarper {
  readonly #keep: number;

  /**
   * Makes the rule.
   *
   * @param mass Sum of probability, between 0 and 1.
   * @param options Fewest ids that are left.
   */
  constructor(readonly mass: number, { min_tokens_to_keep = 1 }: KeepOptions = {}) {
    super();
    this.#keep = min_tokens_to_keep;
  }

  /** Leaves ids out; see the class. */
  override apply(_ids: readonly number[], scores: Scores): void {
    const shares = probabilities(scores);
    const ids = possibleIds(scores).filter((id) => shares[id] > 0);
    const entropy = ids.reduce((sum, id) => sum - shares[id] * Math.log(shares[id]), 0);
    const distance = new Map(ids.map((id) => [id, Math.abs(-Math.log(shares[id]) - entropy)]));
    ids.sort((a, b) => distance.get(a)! - distance.get(b)! || a - b);
    let sum = 0;
    const last = ids.find((id) => (sum += shares[id]) >= this.mass) ?? ids[ids.length - 1];
    const kept = new Set(
      ids.filter((id, i) => i < this.#keep || distance.get(id)! <= distance.get(last)!),
    );
    for (let id = 0; id < scores.length; id++) if (!kept.has(id)) scores[id] = -Infinity;
  }
}
