/**
 * An encoder that classifies sequences.
 *
 * @module
 */
import { LogitsModel } from "./head_model.ts";

/**
 * An encoder that gives each sequence a score for each label: logits `[batch, labels]`; the labels'
 * names are the config's `id2label`.
 */
export class SequenceClassification extends LogitsModel {
  /** The head that runs. */
  override readonly head = "SequenceClassification" as const;
}
