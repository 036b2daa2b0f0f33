/**
 * An encoder that predicts hidden words.
 *
 * @module
 */
import { LanguageModel } from "./language_model.ts";

/**
 * An encoder that predicts hidden words.
 *
 * @example
 * ```ts
 * import { AutoTokenizer, RobertaForMaskedLM } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const checkpoint = "FacebookAI/roberta-base";
 * const tokenizer = await AutoTokenizer.from_pretrained(checkpoint);
 * using model = await RobertaForMaskedLM.from_pretrained(checkpoint);
 * const inputs = tokenizer("She opened the <mask>.");
 * const { logits } = await model(inputs);
 * const hidden = inputs.input_ids.flat().indexOf(BigInt(tokenizer.mask_token_id!));
 * const [ids] = logits.argmax(2).tolist();
 * assertEquals(typeof tokenizer.decode([ids[hidden]]), "string"); // the likeliest word
 * ```
 */
export class MaskedLM extends LanguageModel {
  /** The head that runs. */
  override readonly head = "MaskedLM" as const;
}
