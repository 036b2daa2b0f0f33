import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseConfig } from "../../../checkpoint/parse_config.ts";
import { MemorySource } from "../../../checkpoint/memory_source.ts";
import { encodeSafetensors, type TensorWithData } from "../../../checkpoint/safetensors_writer.ts";
import { openBackend } from "../../../device.ts";
import { AutoModelForMaskedLM, AutoModelForSequenceClassification } from "../../../models/mod.ts";
import { AutoModelForSeq2SeqLM } from "../../../generation/mod.ts";
import { Lora } from "../../../training/lora/lora.ts";
import { findTargets, isWithin, linearModules } from "../../../training/lora/lora_modules.ts";
import { goldenPath } from "../../models/golden_models.ts";
import "../../helpers/quiet_reference.ts";

const sizes = { num_hidden_layers: 1, hidden_size: 4, num_attention_heads: 2, vocab_size: 9 };
const roberta = parseConfig({ model_type: "roberta", ...sizes, intermediate_size: 6 });
const layer = "roberta.encoder.layer.0";
const never = () => false;

Deno.test("the linear layers of a model, by transformers' names, with their sizes", () => {
  const modules = linearModules(roberta, "MaskedLM");
  assertEquals(modules.map(({ name, inputs, outputs }) => [name, inputs, outputs]), [
    [`${layer}.attention.self.query`, 4, 4],
    [`${layer}.attention.self.key`, 4, 4],
    [`${layer}.attention.self.value`, 4, 4],
    [`${layer}.attention.output.dense`, 4, 4],
    [`${layer}.intermediate.dense`, 4, 6],
    [`${layer}.output.dense`, 6, 4],
    ["lm_head.dense", 4, 4],
    ["lm_head.decoder", 4, 9],
  ]);
});

Deno.test("targets are ends of names, whole components of them, as in peft", () => {
  const modules = linearModules(roberta, "MaskedLM");
  const find = (...targets: Parameters<typeof findTargets>[1][]) =>
    findTargets(modules, targets[0], never, roberta).map(({ name }) => name);
  assertEquals(find(["output.dense"]), [
    `${layer}.attention.output.dense`,
    `${layer}.output.dense`,
  ]);
  assertEquals(find(["decoder", "key"]), [`${layer}.attention.self.key`, "lm_head.decoder"]);
  assertEquals(find(undefined), [`${layer}.attention.self.query`, `${layer}.attention.self.value`]);
  assertEquals(find("all-linear").length, 6);
  assertEquals(find(/dense$/g).length, 4);
  assertThrows(() => find(["ey"]), RangeError, '"ey", which is no linear layer');
  assertThrows(() => find(["word_embeddings"]), RangeError, "wanted ends of names such as query");
  assertThrows(() => find(/nothing/), RangeError, "with target_modules /nothing/");
});

Deno.test("a module is within another by the end of its name", () => {
  assert(isWithin("classifier.dense", ["classifier"]));
  assert(isWithin("pre_classifier", ["classifier"]));
  assert(isWithin("roberta.embeddings.global_embeddings", ["global_embeddings"]));
  assert(!isWithin("classifier.dense", ["den", "class"]));
});

const device = await openBackend("cpu");
const loadTopics = () =>
  AutoModelForSequenceClassification.from_pretrained(
    goldenPath("heads/roberta_lsg_sequence_classification"),
    { device },
  );

Deno.test("a head that classifies is trained whole, a word table that is tied cannot be", async () => {
  using model = await loadTopics();
  using lora = await Lora.create(model);
  assertEquals(lora.named_parameters("head").map(([name]) => name), [
    "classifier.dense.weight",
    "classifier.dense.bias",
    "classifier.out_proj.weight",
    "classifier.out_proj.bias",
  ]);
  assertEquals(lora.named_parameters("globals"), []);
  await assertRejects(() => Lora.create(model), RangeError, "Cannot adapt a model twice");
  using writer = await AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/bart"), {
    device,
  });
  const saved = (end: string) => Lora.create(writer, { modules_to_save: [end] });
  await assertRejects(() => saved("shared"), RangeError, "other modules have the same weights");
  await assertRejects(() => saved("sharde"), RangeError, "no module's name ends so");
  // A failure leaves nothing.
  assertEquals(writer.parameters.adapter, undefined);
  using masked = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"), {
    device,
  });
  // peft 0.21 looks for lm_head.decoder.weight in the file of a head that is trained whole.
  await assertRejects(
    () => Lora.create(masked, { modules_to_save: ["lm_head"] }),
    RangeError,
    "other modules have the same weights",
  );
  using layers = await Lora.create(masked, { modules_to_save: ["lm_head.dense"] });
  layers.unload();
  const onOutput = await Lora.create(masked, { target_modules: ["decoder", "query"] });
  await assertRejects(() => onOutput.merge_and_unload(), RangeError, "its weights are those of");
  onOutput.unload();
  assertEquals(masked.parameters.adapters.size, 0);
});

Deno.test("a file names its task where it holds what peft 0.21 wants of that: the head", async () => {
  // PeftModelForSequenceClassification trains "classifier" and "score" whole, whatever the file says,
  // and fails with a KeyError where it lacks their weights.
  using model = await loadTopics();
  const taskOf = async (modules_to_save: string[]) => {
    using lora = await Lora.create(model, { target_modules: ["query"], modules_to_save });
    const { files } = lora.folder();
    let text = "";
    for await (const chunk of files.find(({ path }) => path.endsWith(".json"))!.chunks) {
      text += new TextDecoder().decode(chunk);
    }
    return JSON.parse(text).task_type;
  };
  assertEquals(await taskOf(["classifier"]), "SEQ_CLS");
  assertEquals(await taskOf(["classifier", "LayerNorm"]), "SEQ_CLS");
  assertEquals(await taskOf(["LayerNorm"]), null);
  assertEquals(await taskOf(["classifier.out_proj"]), null);
  assertEquals(await taskOf([]), null);
});

/** An adapter's folder in memory. */
function adapterOf(tensors: Record<string, readonly number[]>, value = 1): MemorySource {
  const config = { peft_type: "LORA", r: 2, lora_alpha: 4, base_model_name_or_path: "x" };
  const described = Object.entries(tensors).map(([name, dims]): TensorWithData => ({
    name,
    dims,
    dtype: "F32",
    data: new Float32Array(dims.reduce((product, size) => product * size, 1)).fill(value),
  }));
  return new MemorySource({
    "adapter_config.json": JSON.stringify(config),
    "adapter_model.safetensors": encodeSafetensors(described),
  });
}

Deno.test("files that do not fit the model are refused, whole", async () => {
  using model = await loadTopics();
  const query = `base_model.model.${layer}.attention.self.query`;
  const good = { [`${query}.lora_A.weight`]: [2, 16], [`${query}.lora_B.weight`]: [16, 2] };
  const refuse = async (tensors: Record<string, readonly number[]>, message: string, value = 1) => {
    const load = Lora.from_pretrained(model, adapterOf(tensors, value));
    await assertRejects(() => load, RangeError, message);
    assertEquals([model.parameters.adapter, model.parameters.adapters.size], [undefined, 0]);
  };
  await refuse({ [`${query}.lora_A.weight`]: [2, 16] }, "A or B alone");
  await refuse({ ...good, [`${query}.lora_A.weight`]: [3, 16] }, "has dims [3,16], wanted [2,16]");
  await refuse({ ...good, [`${query}.lora_magnitude_vector`]: [16] }, "lora_magnitude_vector");
  await refuse({ ...good, other: [1] }, "with other");
  await refuse({ "base_model.model.classifier.dense.bias": [16] }, "without lora_A");
  const shifted = (name: string) => `base_model.model.${name}`;
  await refuse({ ...good, [shifted("classifier.out_proj.bias")]: [4] }, "has dims [4], wanted [3]");
  await refuse({ ...good, [shifted("score.weight")]: [4] }, "score.weight: no such weight");
  await refuse(
    Object.fromEntries(Object.entries(good).map(([name, dims]) => [name.replace("0", "7"), dims])),
    "layer.7.attention.self.query: no such linear layer",
  );
  await refuse(good, "is infinite or NaN", NaN);
  const none = new MemorySource({ "adapter_config.json": "{}" });
  await assertRejects(() => Lora.from_pretrained(model, none), RangeError, "is not an adapter");
  using lora = await Lora.from_pretrained(model, adapterOf(good));
  assertEquals(lora.target_modules, [`${layer}.attention.self.query`]);
});
