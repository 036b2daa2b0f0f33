/**
 * An encoder that predicts hidden words.
 *
 * @module
 */
import { LanguageModel } from "./language_model.ts";

/** An encoder that predicts hidden words. */
export class MaskedLM extends LanguageModel {
  /** The head that runs. */
  override readonly head = "MaskedLM" as const;
}
