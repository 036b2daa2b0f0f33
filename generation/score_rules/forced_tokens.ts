/**
 * Rules that force ids: a forced id has the score 0, all others −∞.
 *
 * @module
 */
import { LogitsProcessor, type Scores } from "./logits_processor.ts";

/**
 * A rule that forces ids at some places of a row: extend it, and give it to `generate()` as
 * `logits_processor`.
 *
 * @example
 * ```ts
 * import { ForcingRule } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * // After id 2 comes id 0 or 1.
 * class AfterTwo extends ForcingRule {
 *   override forcedIds(ids: readonly number[]) {
 *     return ids.at(-1) === 2 ? [0, 1] : undefined;
 *   }
 * }
 * const scores = Float32Array.of(3, 2, 1);
 * new AfterTwo().apply([1], scores);
 * assertEquals([...scores], [3, 2, 1]);
 * new AfterTwo().apply([1, 2], scores);
 * assertEquals([...scores], [0, 0, -Infinity]);
 * ```
 */
export abstract class ForcingRule extends LogitsProcessor {
  /** Makes the rule. */
  constructor() {
    super(true);
  }

  /**
   * Says which ids are forced.
   *
   * @param ids The row's ids so far.
   * @returns The ids that may follow; undefined if all may.
   */
  abstract forcedIds(ids: readonly number[]): readonly number[] | undefined;

  /** Forces ids; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    const forced = this.forcedIds(ids);
    if (forced === undefined) return;
    scores.fill(-Infinity);
    for (const id of forced) scores[id] = 0;
  }
}

/**
 * Forces the first id of a row that starts with one id, such as the language of a translation.
 *
 * @example
 * ```ts
 * import { ForcedBOSTokenLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([3, 2, 1]);
 * new ForcedBOSTokenLogitsProcessor(1).apply([2], scores);
 * assertEquals([...scores], [-Infinity, 0, -Infinity]);
 * ```
 */
export class ForcedBOSTokenLogitsProcessor extends ForcingRule {
  /**
   * Makes the rule.
   *
   * @param bos_token_id The forced id.
   */
  constructor(readonly bos_token_id: number) {
    super();
  }

  /** The forced id, after a start of one. */
  override forcedIds(ids: readonly number[]): readonly number[] | undefined {
    return ids.length === 1 ? [this.bos_token_id] : undefined;
  }
}

/**
 * Forces the last id that a row may have.
 *
 * @example
 * ```ts
 * import { ForcedEOSTokenLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([3, 2, 1]);
 * new ForcedEOSTokenLogitsProcessor(4, 2).apply([0, 1, 1], scores);
 * assertEquals([...scores], [-Infinity, -Infinity, 0]);
 * ```
 */
export class ForcedEOSTokenLogitsProcessor extends ForcingRule {
  readonly #ends: readonly number[];

  /**
   * Makes the rule.
   *
   * @param max_length Most ids of a row, those it starts with included.
   * @param eos_token_id The forced ids.
   */
  constructor(readonly max_length: number, eos_token_id: number | readonly number[]) {
    super();
    this.#ends = [eos_token_id].flat();
  }

  /** The forced ids, at the last place. */
  override forcedIds(ids: readonly number[]): readonly number[] | undefined {
    return ids.length === this.max_length - 1 ? this.#ends : undefined;
  }
}

/**
 * Forces ids at places of a row.
 *
 * @example
 * ```ts
 * import { ForceTokensLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([3, 2, 1]);
 * new ForceTokensLogitsProcessor([[1, 2]]).apply([0], scores);
 * assertEquals([...scores], [-Infinity, -Infinity, 0]);
 * ```
 */
export class ForceTokensLogitsProcessor extends ForcingRule {
  readonly #forced: ReadonlyMap<number, number | null>;

  /**
   * Makes the rule.
   *
   * @param forced_decoder_ids Places and their ids; null leaves a place free.
   */
  constructor(forced_decoder_ids: readonly (readonly [number, number | null])[]) {
    super();
    this.#forced = new Map(forced_decoder_ids);
  }

  /** The id forced at a place. */
  override forcedIds(ids: readonly number[]): readonly number[] | undefined {
    const forced = this.#forced.get(ids.length) ?? null;
    return forced === null ? undefined : [forced];
  }
}
