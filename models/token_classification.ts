/**
 * An encoder that classifies tokens.
 *
 * @module
 */
import { HeadModel, type LogitsOutput } from "./head_model.ts";
import type { ModelInputs } from "./inputs.ts";

/** An encoder that gives each token a score for each label. */
export class TokenClassification extends HeadModel<LogitsOutput> {
  /** The head that runs. */
  protected override readonly head = "TokenClassification" as const;

  /**
   * Runs the model on a batch.
   *
   * @param inputs A batch of token ids, as a tokenizer gives it.
   * @returns Logits `[batch, tokens, labels]`; the labels' names are the config's `id2label`.
   * @throws {TypeError} If the inputs are no such batch.
   * @throws {RangeError} If an id has no row in its table or the batch is too long.
   */
  override forward(inputs: ModelInputs): Promise<LogitsOutput> {
    return this.run(inputs, (logits) => ({ logits }));
  }
}
