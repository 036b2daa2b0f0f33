import { assertEquals, assertThrows } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import {
  type AutoClass,
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForSequenceClassification,
  type PreTrainedModel,
} from "../../models/mod.ts";
import { goldenPath } from "./golden_models.ts";
import "../helpers/quiet_reference.ts";

const device = await openBackend("cpu");

/** The names of a model's parameters. */
async function namesOf(
  autoClass: AutoClass<PreTrainedModel<unknown>>,
  path: string,
  part?: "globals" | "head",
): Promise<string[]> {
  using model = await autoClass.from_pretrained(goldenPath(path), { device });
  return model.named_parameters(part).map(([name]) => name);
}

Deno.test("the head of a language model is its layers and biases, not the tied table", async () => {
  assertEquals(await namesOf(AutoModelForMaskedLM, "models/lsg_norm", "head"), [
    "lm_head.dense.weight",
    "lm_head.dense.bias",
    "lm_head.layer_norm.weight",
    "lm_head.layer_norm.bias",
    "lm_head.bias",
  ]);
  const untied = await namesOf(AutoModelForMaskedLM, "models/roberta_untied", "head");
  assertEquals(untied.at(-1), "lm_head.decoder.weight");
});

Deno.test("the head of a classifier is its layers, with the pooler if it reads it", async () => {
  const auto = AutoModelForSequenceClassification;
  assertEquals(await namesOf(auto, "heads/bert_lsg_sequence_classification", "head"), [
    "bert.pooler.dense.weight",
    "bert.pooler.dense.bias",
    "classifier.weight",
    "classifier.bias",
  ]);
  assertEquals(await namesOf(auto, "heads/roberta_lsg_sequence_classification", "head"), [
    "classifier.dense.weight",
    "classifier.dense.bias",
    "classifier.out_proj.weight",
    "classifier.out_proj.bias",
  ]);
  assertEquals(await namesOf(auto, "seq2seq/bart_lsg_sequence_classification", "head"), [
    "classification_head.dense.weight",
    "classification_head.dense.bias",
    "classification_head.out_proj.weight",
    "classification_head.out_proj.bias",
  ]);
});

Deno.test("the global embeddings have the prefix of the class", async () => {
  const globals = "globals";
  assertEquals(await namesOf(AutoModelForMaskedLM, "models/bert_lsg_norm", globals), [
    "bert.embeddings.global_embeddings.weight",
  ]);
  assertEquals(await namesOf(AutoModel, "models/bert_lsg_norm", globals), [
    "embeddings.global_embeddings.weight",
  ]);
  assertEquals(await namesOf(AutoModelForSeq2SeqLM, "seq2seq/bart_lsg_norm", globals), [
    "model.encoder.global_embeddings.weight",
  ]);
  assertEquals(await namesOf(AutoModelForSeq2SeqLM, "seq2seq/bart", globals), []);
});

Deno.test("buffers and computed positions are not parameters that are trained", async () => {
  const bart = await namesOf(AutoModelForSeq2SeqLM, "seq2seq/bart");
  assertEquals(bart.filter((name) => /final_logits|positions/.test(name)), [
    "model.encoder.embed_positions.weight",
    "model.decoder.embed_positions.weight",
  ]);
  const pegasus = await namesOf(AutoModelForSeq2SeqLM, "seq2seq/pegasus_lsg_norm");
  assertEquals(pegasus.filter((name) => /final_logits|positions/.test(name)), []);
  assertEquals(pegasus.includes("model.shared.weight"), true);
});

Deno.test("a model that was disposed has no parameters", async () => {
  const model = await AutoModel.from_pretrained(goldenPath("models/roberta_model"), { device });
  model.dispose();
  assertThrows(() => model.named_parameters(), Error, "it was disposed");
});
