/**
 * Models that write texts, chosen by their checkpoint.
 *
 * @module
 */
import { type AutoClass, autoClass } from "../models/auto.ts";
import { DecoderLM } from "./decoder_lm.ts";
import { Seq2SeqLM } from "./seq2seq_lm.ts";

/**
 * Encoder-decoders that write texts.
 *
 * @example
 * ```ts
 * import { AutoModelForSeq2SeqLM } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForSeq2SeqLM.from_pretrained("facebook/bart-base");
 * const input_ids = [[0, 5, 6, 2]];
 * const { logits } = await model({ input_ids, decoder_input_ids: [[2]] });
 * assertEquals(logits.dims, [1, 1, model.config.vocab_size]);
 * const ids = await model.generate({ input_ids, num_beams: 2, max_length: 8 });
 * assertEquals(ids.dims[0], 1);
 * ```
 *
 * @example As in transformers.js: a result's rows are tensors, too
 * ```ts
 * import { AutoModelForSeq2SeqLM, AutoTokenizer } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const checkpoint = "facebook/bart-base";
 * const tokenizer = await AutoTokenizer.from_pretrained(checkpoint);
 * using model = await AutoModelForSeq2SeqLM.from_pretrained(checkpoint);
 * const inputs = tokenizer("The river ran past the old house.");
 * const outputs = await model.generate({ ...inputs, max_new_tokens: 6 });
 * const [text] = tokenizer.batch_decode(outputs, { skip_special_tokens: true });
 * assertEquals(tokenizer.decode(outputs[0], { skip_special_tokens: true }), text);
 * ```
 */
export const AutoModelForSeq2SeqLM: AutoClass<Seq2SeqLM> = /* @__PURE__ */ autoClass(
  "ConditionalGeneration",
  Seq2SeqLM,
);

/**
 * Decoders that continue texts; of an encoder, `config: { is_decoder: true }` makes the attention
 * causal.
 *
 * @example
 * ```ts
 * import { AutoModelForCausalLM } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForCausalLM.from_pretrained("HuggingFaceTB/SmolLM2-135M");
 * const ids = await model.generate({ input_ids: [[1, 5, 6]], max_new_tokens: 8 });
 * assertEquals(ids.tolist()[0].slice(0, 3), [1n, 5n, 6n]);
 * ```
 *
 * @example Self-Extend: texts longer than the model was trained on
 * ```ts
 * import { AutoModelForCausalLM } from "@lsg/core";
 *
 * using model = await AutoModelForCausalLM.from_pretrained("HuggingFaceTB/SmolLM2-135M", {
 *   self_extend: { group_size: 4, window_size: 1024 },
 * });
 * const { logits } = await model({ input_ids: [[1, 5, 6]] });
 * console.log(logits.dims);
 * ```
 *
 * @example The likeliest id after the last token of an encoder
 * ```ts
 * import { AutoModelForCausalLM } from "@lsg/core";
 * import { assert } from "@std/assert";
 *
 * const model = await AutoModelForCausalLM.from_pretrained("google-bert/bert-base-uncased", {
 *   config: { is_decoder: true },
 * });
 * const { data } = await model.logitsAt({ input_ids: [[2, 5, 6]] }, [[2]]);
 * const next = data.indexOf(Math.max(...data));
 * assert(next < model.config.vocab_size);
 * model.dispose();
 * ```
 */
export const AutoModelForCausalLM: AutoClass<DecoderLM> = /* @__PURE__ */ autoClass(
  "CausalLM",
  DecoderLM,
);
