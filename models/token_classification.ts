/**
 * An encoder that classifies tokens.
 *
 * @module
 */
import { LogitsModel } from "./head_model.ts";

/**
 * An encoder that gives each token a score for each label: logits `[batch, tokens, labels]`; the
 * labels' names are the config's `id2label`.
 *
 * @example
 * ```ts
 * import { AutoModelForTokenClassification } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForTokenClassification.from_pretrained("dslim/bert-base-NER");
 * const { logits } = await model({ input_ids: [[2, 5, 6, 3]] });
 * const [best] = logits.argmax(2).tolist();
 * const labels = best.map((label: bigint) => model.config.id2label[Number(label)]);
 * assertEquals(labels.length, 4);
 * ```
 */
export class TokenClassification extends LogitsModel {
  /** The head that runs. */
  override readonly head = "TokenClassification" as const;
}
