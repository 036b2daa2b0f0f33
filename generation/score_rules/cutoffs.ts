/**
 * Rules of sampling that leave out what is too unlikely (Hewitt et al., Truncation Sampling as
 * Language Model Desmoothing; Nguyen et al., Turning Up the Heat: Min-p Sampling).
 *
 * @module
 */
import { probabilities } from "../softmax.ts";
import { LogitsWarper, type Scores } from "./logits_processor.ts";
import { type KeepOptions, nthLargest } from "./top_k.ts";

/** Leaves out ids that are less likely than a limit, but never the n largest. */
function cutOff(scores: Scores, shares: Float64Array, limit: number, keep: number): void {
  const kept = nthLargest(scores, keep);
  for (let id = 0; id < scores.length; id++) {
    if (shares[id] < limit && scores[id] < kept) scores[id] = -Infinity;
  }
}

/**
 * Leaves out ids that are less likely than ε.
 *
 * @example
 * ```ts
 * import { EpsilonLogitsWarper } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([0, 0, -9]);
 * new EpsilonLogitsWarper(0.01).apply([], scores);
 * assertEquals([...scores], [0, 0, -Infinity]);
 * ```
 */
export class EpsilonLogitsWarper extends LogitsWarper {
  readonly #keep: number;

  /**
   * Makes the rule.
   *
   * @param epsilon The smallest probability, between 0 and 1.
   * @param options Fewest ids that are left.
   */
  constructor(readonly epsilon: number, { min_tokens_to_keep = 1 }: KeepOptions = {}) {
    super();
    this.#keep = min_tokens_to_keep;
  }

  /** Leaves ids out; see the class. */
  override apply(_ids: readonly number[], scores: Scores): void {
    cutOff(scores, probabilities(scores), this.epsilon, this.#keep);
  }
}

/**
 * Leaves out ids that are less likely than `min(ε, √ε·exp(−entropy))`.
 *
 * @example
 * ```ts
 * import { EtaLogitsWarper } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([0, 0, -9]);
 * new EtaLogitsWarper(0.01).apply([], scores);
 * assertEquals([...scores], [0, 0, -Infinity]);
 * ```
 */
export class EtaLogitsWarper extends LogitsWarper {
  readonly #keep: number;

  /**
   * Makes the rule.
   *
   * @param epsilon ε, between 0 and 1.
   * @param options Fewest ids that are left.
   */
  constructor(readonly epsilon: number, { min_tokens_to_keep = 1 }: KeepOptions = {}) {
    super();
    this.#keep = min_tokens_to_keep;
  }

  /** Leaves ids out; see the class. */
  override apply(_ids: readonly number[], scores: Scores): void {
    const shares = probabilities(scores);
    const entropy = shares.reduce((sum, q) => q > 0 ? sum - q * Math.log(q) : sum, 0);
    const limit = Math.min(this.epsilon, Math.sqrt(this.epsilon) * Math.exp(-entropy));
    cutOff(scores, shares, limit, this.#keep);
  }
}

/**
 * Leaves out ids that are less likely than a share of the likeliest one.
 *
 * @example
 * ```ts
 * import { MinPLogitsWarper } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([0, -1, -9]);
 * new MinPLogitsWarper(0.1).apply([], scores);
 * assertEquals([...scores], [0, -1, -Infinity]);
 * ```
 */
export class MinPLogitsWarper extends LogitsWarper {
  readonly #keep: number;

  /**
   * Makes the rule.
   *
   * @param min_p The share, from 0 to 1.
   * @param options Fewest ids that are left.
   */
  constructor(readonly min_p: number, { min_tokens_to_keep = 1 }: KeepOptions = {}) {
    super();
    this.#keep = min_tokens_to_keep;
  }

  /** Leaves ids out; see the class. */
  override apply(_ids: readonly number[], scores: Scores): void {
    const shares = probabilities(scores);
    cutOff(scores, shares, this.min_p * nthLargest(shares, 1), this.#keep);
  }
}
