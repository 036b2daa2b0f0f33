/**
 * Rules that make ids that occurred already less likely, or those of the encoder's input more.
 *
 * @module
 */
import { LogitsProcessor, type Scores } from "./logits_processor.ts";

/** Moves the scores of ids, each once, towards −∞ by a factor above 1. */
function penalize(scores: Scores, ids: Iterable<number>, penalty: number): void {
  for (const id of new Set(ids)) {
    scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
  }
}

/**
 * Makes the ids of the row less likely (Keskar et al., CTRL): `z·p` below 0, `z/p` above.
 *
 * @example
 * ```ts
 * import { RepetitionPenaltyLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([-1, 2, 3]);
 * new RepetitionPenaltyLogitsProcessor(2).apply([0, 1, 1], scores);
 * assertEquals([...scores], [-2, 1, 3]);
 * ```
 */
export class RepetitionPenaltyLogitsProcessor extends LogitsProcessor {
  /**
   * Makes the rule.
   *
   * @param penalty Above 1 for fewer repetitions, below 1 for more.
   */
  constructor(readonly penalty: number) {
    super();
  }

  /** Changes the scores; see the class. */
  override apply(ids: readonly number[], scores: Scores): void {
    penalize(scores, ids, this.penalty);
  }
}

/**
 * Makes the ids of the encoder's input more likely: `z/p` below 0, `z·p` above.
 *
 * @example
 * ```ts
 * import { EncoderRepetitionPenaltyLogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([-1, 2, 3]);
 * new EncoderRepetitionPenaltyLogitsProcessor(2, [0, 1]).apply([2], scores);
 * assertEquals([...scores], [-0.5, 4, 3]);
 * ```
 */
export class EncoderRepetitionPenaltyLogitsProcessor extends LogitsProcessor {
  readonly #ids: ReadonlySet<number>;

  /**
   * Makes the rule.
   *
   * @param penalty Above 1 for what the input says, below 1 for what it does not.
   * @param encoder_input_ids The input's ids, without padding.
   */
  constructor(readonly penalty: number, encoder_input_ids: readonly number[]) {
    super();
    this.#ids = new Set(encoder_input_ids);
  }

  /** Changes the scores; see the class. */
  override apply(_ids: readonly number[], scores: Scores): void {
    penalize(scores, this.#ids, 1 / this.penalty);
  }
}
