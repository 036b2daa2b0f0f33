/**
 * An encoder that predicts the next word.
 *
 * @module
 */
import { LanguageModel } from "./language_model.ts";

/**
 * An encoder that predicts the next token after each one. Its config's `is_decoder` makes the
 * attention causal; without it the model sees the words to predict.
 */
export class CausalLM extends LanguageModel {
  /** The head that runs. */
  override readonly head = "CausalLM" as const;
}
