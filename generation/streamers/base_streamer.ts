/**
 * Receivers of ids while they are generated, with transformers.js's names.
 *
 * @module
 */

/**
 * Receives ids as they are chosen.
 *
 * @example
 * ```ts
 * import { AutoModelForCausalLM, BaseStreamer } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * class Counter extends BaseStreamer {
 *   calls = 0;
 *   ended = false;
 *   put(_value: bigint[][]) {
 *     this.calls++;
 *   }
 *   end() {
 *     this.ended = true;
 *   }
 * }
 * using model = await AutoModelForCausalLM.from_pretrained("HuggingFaceTB/SmolLM2-135M");
 * const streamer = new Counter();
 * const input_ids = [[1, 5, 6]];
 * await model.generate({ input_ids, min_new_tokens: 4, max_new_tokens: 4, streamer });
 * assertEquals([streamer.calls, streamer.ended], [5, true]); // the prompt, then each new id
 * ```
 */
export abstract class BaseStreamer {
  /**
   * Called once with what the rows start with, then with one id a row after each step; a row that
   * has ended gets padding.
   *
   * @param value `[rows][ids]`.
   */
  abstract put(value: bigint[][]): void | Promise<void>;

  /** Called at the end, also of a call that fails or is aborted after the first `put`. */
  abstract end(): void | Promise<void>;
}
