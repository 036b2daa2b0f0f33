import { assertEquals } from "@std/assert";
import * as mod from "../mod.ts";

Deno.test("mod.ts exports exactly these values", () => {
  assertEquals(Object.keys(mod).sort(), [
    "AutoModel",
    "AutoModelForCausalLM",
    "AutoModelForMaskedLM",
    "AutoModelForMultipleChoice",
    "AutoModelForPreTraining",
    "AutoModelForQuestionAnswering",
    "AutoModelForSeq2SeqLM",
    "AutoModelForSequenceClassification",
    "AutoModelForTokenClassification",
    "AutoTokenizer",
    "CausalLM",
    "ConditionalGeneration",
    "EncoderModel",
    "FeatureExtractionPipeline",
    "FillMaskPipeline",
    "GenerationCache",
    "MaskedLM",
    "MultipleChoice",
    "PreTrainedModel",
    "PreTrainedTokenizer",
    "PreTraining",
    "QuestionAnswering",
    "QuestionAnsweringPipeline",
    "Seq2SeqLM",
    "SequenceClassification",
    "SummarizationPipeline",
    "Tensor",
    "Text2TextGenerationPipeline",
    "TextClassificationPipeline",
    "TextPipeline",
    "TokenClassification",
    "TokenClassificationPipeline",
    "TranslationPipeline",
    "WritingPipeline",
    "ZeroShotClassificationPipeline",
    "availableBackends",
    "env",
    "openBackend",
    "pipeline",
    "sigmoid",
    "softmax",
  ]);
});

Deno.test("mod.ts names each of its exports, types too", async () => {
  const source = await Deno.readTextFile(new URL("../mod.ts", import.meta.url));
  assertEquals(source.match(/export (type )?\*/g), null);
});

Deno.test("no public module exports the helpers that check options", async () => {
  const { default: config } = await import("../deno.json", { with: { type: "json" } });
  const helpers = Object.keys(await import("../base/check_options.ts"));
  for (const path of Object.values(config.exports)) {
    const exported = Object.keys(await import(new URL(`../${path}`, import.meta.url).href));
    assertEquals(exported.filter((name) => helpers.includes(name)), [], path);
  }
});
