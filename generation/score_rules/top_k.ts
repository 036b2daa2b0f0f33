/**
 * A rule of sampling.
 *
 * @module
 */
import { LogitsWarper, type Scores } from "./logits_processor.ts";

/** Options of the rules that leave ids out. */
export interface KeepOptions {
  /** Fewest ids that are left; 1 if absent. */
  readonly min_tokens_to_keep?: number;
}

/**
 * Returns the n-th largest of scores that are not −∞.
 *
 * @param scores `[V]`.
 * @param n From 1.
 * @returns That score; of fewer than n the smallest.
 */
export function nthLargest(scores: Scores, n: number): number {
  const sorted = scores.filter((score) => score > -Infinity).sort();
  return sorted[Math.max(sorted.length - n, 0)];
}

/**
 * Leaves out what is below the k-th largest score; equal scores stay.
 *
 * @example
 * ```ts
 * import { TopKLogitsWarper } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([1, 3, 2]);
 * new TopKLogitsWarper(2).apply([], scores);
 * assertEquals([...scores], [-Infinity, 3, 2]);
 * ```
 */
export class TopKLogitsWarper extends LogitsWarper {
  /** Number of ids that are left. */
  readonly top_k: number;

  /**
   * Makes the rule.
   *
   * @param top_k Number of ids that are left.
   * @param options Fewest of them.
   */
  constructor(top_k: number, { min_tokens_to_keep = 1 }: KeepOptions = {}) {
    super(true);
    this.top_k = Math.max(top_k, min_tokens_to_keep);
  }

  /** Leaves ids out; see the class. */
  override apply(_ids: readonly number[], scores: Scores): void {
    const limit = nthLargest(scores, this.top_k);
    for (let id = 0; id < scores.length; id++) if (scores[id] < limit) scores[id] = -Infinity;
  }
}
