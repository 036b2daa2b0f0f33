/**
 * Rules that ban ids, always or at the beginning.
 *
 * @module
 */
import { LogitsProcessor, type Scores } from "./logits_processor.ts";

/**
 * Bans ids.
 *
 * @example
 * ```ts
 * import { SuppressTokensLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array(3);
 * new SuppressTokensLogitsProcessor([0, 2]).apply([1], scores);
 * assertEquals([...scores], [-Infinity, 0, -Infinity]);
 * ```
 */
export class SuppressTokensLogitsProcessor extends LogitsProcessor {
  /**
   * Makes the rule.
   *
   * @param suppress_tokens The ids.
   */
  constructor(readonly suppress_tokens: readonly number[]) {
    super(true);
  }

  /** Bans the ids; see the class. */
  override apply(_ids: readonly number[], scores: Scores): void {
    for (const id of this.suppress_tokens) scores[id] = -Infinity;
  }
}

/**
 * Bans ids at one place of a row, the first that is generated.
 *
 * @example
 * ```ts
 * import { SuppressTokensAtBeginLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array(3);
 * new SuppressTokensAtBeginLogitsProcessor([0], 1).apply([1], scores);
 * assertEquals([...scores], [-Infinity, 0, 0]);
 * ```
 */
export class SuppressTokensAtBeginLogitsProcessor extends LogitsProcessor {
  /**
   * Makes the rule.
   *
   * @param begin_suppress_tokens The ids.
   * @param begin_index The number of ids that a row has at that place.
   */
  constructor(
    readonly begin_suppress_tokens: readonly number[],
    readonly begin_index: number,
  ) {
    super(true);
  }

  /** Bans the ids; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    if (ids.length !== this.begin_index) return;
    for (const id of this.begin_suppress_tokens) scores[id] = -Infinity;
  }
}
