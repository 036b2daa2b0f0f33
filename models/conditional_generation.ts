/**
 * An encoder-decoder that writes texts.
 *
 * @module
 */
import { LanguageModel } from "./language_model.ts";

/**
 * An encoder-decoder that gives each id of its decoder's input a score for each next id: logits
 * `[batch, ids, vocab_size]`.
 */
export class ConditionalGeneration extends LanguageModel {
  /** The head that runs. */
  protected override readonly head = "ConditionalGeneration" as const;
}
