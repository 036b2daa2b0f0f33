/**
 * The end by time.
 *
 * @module
 */
import { StoppingCriteria } from "./stopping_criteria.ts";

/**
 * Ends all rows some seconds after it was made.
 *
 * @example
 * ```ts
 * import { AutoModelForCausalLM, MaxTimeCriteria } from "@lsg/core";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForCausalLM.from_pretrained("HuggingFaceTB/SmolLM2-135M");
 * const ids = await model.generate({
 *   input_ids: [[1, 5, 6]],
 *   max_new_tokens: 100,
 *   stopping_criteria: new MaxTimeCriteria(0.001), // a millisecond
 * });
 * assertEquals(ids.tolist()[0].slice(0, 3), [1n, 5n, 6n]);
 * assert(ids.dims[1] <= 103);
 * ```
 */
export class MaxTimeCriteria extends StoppingCriteria {
  readonly #end: number;

  /**
   * Makes the criterion.
   *
   * @param max_time Seconds.
   */
  constructor(readonly max_time: number) {
    super(false);
    this.#end = performance.now() + 1000 * max_time;
  }

  /** Decides for each row; see the class. */
  override _call(input_ids: bigint[][]): boolean[] {
    const isOver = performance.now() >= this.#end;
    return input_ids.map(() => isOver);
  }
}
