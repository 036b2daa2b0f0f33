/**
 * The end by time.
 *
 * @module
 */
import { StoppingCriteria } from "./stopping_criteria.ts";

/** Ends all rows some seconds after it was made. */
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
