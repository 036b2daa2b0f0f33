/**
 * ELECTRA's discriminator.
 *
 * @module
 */
import { HeadModel, type LogitsOutput } from "./head_model.ts";
import type { ModelInputs } from "./inputs.ts";

/**
 * An encoder that detects which tokens were replaced (Clark et al., 2020).
 *
 * @example
 * ```ts
 * import { AutoModelForPreTraining } from "@lsg/core";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForPreTraining.from_pretrained(
 *   "google/electra-small-discriminator",
 * );
 * const { logits } = await model({ input_ids: [[2, 5, 6, 3]] });
 * const [replaced] = logits.sigmoid().tolist(); // the probability of each token
 * assertEquals(replaced.length, 4);
 * assert(replaced.every((p: number) => p > 0 && p < 1));
 * ```
 */
export class PreTraining extends HeadModel<LogitsOutput> {
  /** The head that runs. */
  override readonly head = "PreTraining" as const;

  /**
   * Runs the model on a batch.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it.
   * @returns Logits `[batch, tokens]`: above 0 if a token was probably replaced.
   * @throws {TypeError} If the inputs are not such a batch.
   * @throws {RangeError} If an id has no row in its table or the batch is too long.
   */
  override forward(inputs: ModelInputs): Promise<LogitsOutput> {
    return this.run(inputs, (logits) => ({ logits: logits.reshape(logits.dims.slice(0, 2)) }));
  }
}
