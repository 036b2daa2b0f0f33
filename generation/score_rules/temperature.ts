/**
 * A rule of sampling.
 *
 * @module
 */
import { LogitsWarper, type Scores } from "./logits_processor.ts";

/**
 * Divides scores by a temperature: below 1 likely ids become likelier.
 *
 * @example
 * ```ts
 * import { TemperatureLogitsWarper } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array([1, 2]);
 * new TemperatureLogitsWarper(0.5).apply([], scores);
 * assertEquals([...scores], [2, 4]);
 * ```
 */
export class TemperatureLogitsWarper extends LogitsWarper {
  /**
   * Makes the rule.
   *
   * @param temperature Above 0.
   */
  constructor(readonly temperature: number) {
    super(true);
  }

  /** Changes the scores; see the class. */
  override apply(_ids: readonly number[], scores: Scores): void {
    for (let id = 0; id < scores.length; id++) scores[id] /= this.temperature;
  }
}
