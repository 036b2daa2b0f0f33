/**
 * An encoder that classifies sequences.
 *
 * @module
 */
import { LogitsModel } from "./head_model.ts";

/**
 * An encoder that gives each sequence a score for each label: logits `[batch, labels]`; the labels'
 * names are the config's `id2label`.
 *
 * @example
 * ```ts
 * import { AutoModelForSequenceClassification, softmax } from "@lsg/core";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForSequenceClassification.from_pretrained(
 *   "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
 * );
 * const { logits } = await model({ input_ids: [[2, 5, 6, 3]] });
 * const scores = softmax(logits.tolist()[0]);
 * assertEquals(scores.length, model.config.id2label.length);
 * assert(model.config.id2label[scores.indexOf(Math.max(...scores))].length > 0);
 * ```
 */
export class SequenceClassification extends LogitsModel {
  /** The head that runs. */
  override readonly head = "SequenceClassification" as const;
}
