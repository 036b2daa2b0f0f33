import { assertEquals } from "@std/assert";
import * as mod from "../mod.ts";

Deno.test("mod.ts exports exactly these values", () => {
  assertEquals(Object.keys(mod).sort(), [
    "AdamW",
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
    "BaseStreamer",
    "CausalLM",
    "Collator",
    "ConditionalGeneration",
    "EarlyStoppingCallback",
    "EncoderModel",
    "EncoderNoRepeatNGramLogitsProcessor",
    "EncoderRepetitionPenaltyLogitsProcessor",
    "EosTokenCriteria",
    "EpsilonLogitsWarper",
    "EtaLogitsWarper",
    "ExponentialDecayLengthPenalty",
    "FeatureExtractionPipeline",
    "FillMaskPipeline",
    "ForceTokensLogitsProcessor",
    "ForcedBOSTokenLogitsProcessor",
    "ForcedEOSTokenLogitsProcessor",
    "GenerationCache",
    "InterruptableStoppingCriteria",
    "LogitNormalization",
    "LogitsProcessor",
    "LogitsProcessorList",
    "LogitsWarper",
    "MaskedLM",
    "MaxLengthCriteria",
    "MaxTimeCriteria",
    "MinLengthLogitsProcessor",
    "MinNewTokensLengthLogitsProcessor",
    "MultipleChoice",
    "NoBadWordsLogitsProcessor",
    "NoRepeatNGramLogitsProcessor",
    "PreTrainedModel",
    "PreTrainedTokenizer",
    "PreTraining",
    "ProgressCallback",
    "QuestionAnswering",
    "QuestionAnsweringPipeline",
    "RepetitionPenaltyLogitsProcessor",
    "RowTensor",
    "Seq2SeqLM",
    "SequenceBiasLogitsProcessor",
    "SequenceClassification",
    "StopStringCriteria",
    "StoppingCriteria",
    "StoppingCriteriaList",
    "SummarizationPipeline",
    "SuppressTokensAtBeginLogitsProcessor",
    "SuppressTokensLogitsProcessor",
    "Tape",
    "TemperatureLogitsWarper",
    "Tensor",
    "Text2TextGenerationPipeline",
    "TextClassificationPipeline",
    "TextPipeline",
    "TextStreamer",
    "TokenClassification",
    "TokenClassificationPipeline",
    "TopKLogitsWarper",
    "TopPLogitsWarper",
    "Trainer",
    "TranslationPipeline",
    "TypicalLogitsWarper",
    "WritingPipeline",
    "ZeroShotClassificationPipeline",
    "accuracy",
    "availableBackends",
    "env",
    "f1",
    "findLabels",
    "lossOf",
    "openBackend",
    "pipeline",
    "readCsv",
    "readJsonLines",
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
