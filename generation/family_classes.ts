/**
 * Models of one family that write texts.
 *
 * @module
 */
import type { AutoClass } from "../models/auto.ts";
import { familyClass } from "../models/family_classes.ts";
import { AutoModelForCausalLM, AutoModelForSeq2SeqLM } from "./auto.ts";
import type { DecoderLM } from "./decoder_lm.ts";
import type { Seq2SeqLM } from "./seq2seq_lm.ts";

/** BART that writes texts. */
export const BartForConditionalGeneration: AutoClass<Seq2SeqLM> = /* @__PURE__ */ familyClass(
  "bart",
  AutoModelForSeq2SeqLM,
);

/** mBART that writes texts. */
export const MBartForConditionalGeneration: AutoClass<Seq2SeqLM> = /* @__PURE__ */ familyClass(
  "mbart",
  AutoModelForSeq2SeqLM,
);

/** LED that writes texts. */
export const LEDForConditionalGeneration: AutoClass<Seq2SeqLM> = /* @__PURE__ */ familyClass(
  "led",
  AutoModelForSeq2SeqLM,
);

/** PEGASUS that writes texts. */
export const PegasusForConditionalGeneration: AutoClass<Seq2SeqLM> = /* @__PURE__ */ familyClass(
  "pegasus",
  AutoModelForSeq2SeqLM,
);

/** Llama that continues texts. */
export const LlamaForCausalLM: AutoClass<DecoderLM> = /* @__PURE__ */ familyClass(
  "llama",
  AutoModelForCausalLM,
);

/** Mistral that continues texts. */
export const MistralForCausalLM: AutoClass<DecoderLM> = /* @__PURE__ */ familyClass(
  "mistral",
  AutoModelForCausalLM,
);

/** Qwen 1.5, 2 or 2.5 that continues texts. */
export const Qwen2ForCausalLM: AutoClass<DecoderLM> = /* @__PURE__ */ familyClass(
  "qwen2",
  AutoModelForCausalLM,
);

/** Qwen 3 that continues texts. */
export const Qwen3ForCausalLM: AutoClass<DecoderLM> = /* @__PURE__ */ familyClass(
  "qwen3",
  AutoModelForCausalLM,
);

/** GPT-NeoX that continues texts. */
export const GPTNeoXForCausalLM: AutoClass<DecoderLM> = /* @__PURE__ */ familyClass(
  "gpt_neox",
  AutoModelForCausalLM,
);

/** Phi that continues texts. */
export const PhiForCausalLM: AutoClass<DecoderLM> = /* @__PURE__ */ familyClass(
  "phi",
  AutoModelForCausalLM,
);
