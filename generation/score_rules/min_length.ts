/**
 * Rules that keep a row from ending early.
 *
 * @module
 */
import { LogitsProcessor, type Scores } from "./logits_processor.ts";

/**
 * Bans the ids that end a row while it has fewer than `min_length` ids.
 *
 * @example
 * ```ts
 * import { MinLengthLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array(3);
 * new MinLengthLogitsProcessor(4, 2).apply([0, 1], scores);
 * assertEquals([...scores], [0, 0, -Infinity]);
 * ```
 */
export class MinLengthLogitsProcessor extends LogitsProcessor {
  readonly #ends: readonly number[];

  /**
   * Makes the rule.
   *
   * @param min_length Fewest ids of a row, those it starts with included.
   * @param eos_token_id The ids that end a row.
   */
  constructor(readonly min_length: number, eos_token_id: number | readonly number[]) {
    super(true);
    this.#ends = [eos_token_id].flat();
  }

  /** Bans the ids; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    if (ids.length >= this.min_length) return;
    for (const id of this.#ends) scores[id] = -Infinity;
  }
}

/**
 * Bans the ids that end a row until `min_new_tokens` ids were generated.
 *
 * @example
 * ```ts
 * import { MinNewTokensLengthLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array(2);
 * new MinNewTokensLengthLogitsProcessor(1, 2, 0).apply([1, 1], scores);
 * assertEquals([...scores], [-Infinity, 0]);
 * ```
 */
export class MinNewTokensLengthLogitsProcessor extends MinLengthLogitsProcessor {
  /**
   * Makes the rule.
   *
   * @param prompt_length_to_skip Number of ids that a row starts with.
   * @param min_new_tokens Fewest generated ids.
   * @param eos_token_id The ids that end a row.
   */
  constructor(
    readonly prompt_length_to_skip: number,
    readonly min_new_tokens: number,
    eos_token_id: number | readonly number[],
  ) {
    super(prompt_length_to_skip + min_new_tokens, eos_token_id);
  }
}
