/**
 * An encoder that classifies tokens.
 *
 * @module
 */
import { LogitsModel } from "./head_model.ts";

/**
 * An encoder that gives each token a score for each label: logits `[batch, tokens, labels]`; the
 * labels' names are the config's `id2label`.
 */
export class TokenClassification extends LogitsModel {
  /** The head that runs. */
  override readonly head = "TokenClassification" as const;
}
