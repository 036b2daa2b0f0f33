/**
 * Models of one family that write texts.
 *
 * @module
 */
import type { AutoClass } from "../models/auto.ts";
import { familyClass } from "../models/family_classes.ts";
import { AutoModelForSeq2SeqLM } from "./auto.ts";
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
