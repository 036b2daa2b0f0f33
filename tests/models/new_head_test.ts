/** Heads that a checkpoint lacks, or has with other labels. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import {
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type HiddenStates,
  type PreTrainedModel,
  type PreTrainedOptions,
} from "../../models/mod.ts";
import type { AutoClass } from "../../models/auto.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { goldenPath } from "./golden_models.ts";

type Model = PreTrainedModel<HiddenStates>;

const WORDS = "models/roberta_masked_lm";
const TAGGER = "heads/roberta_token_classification";

/** Loads a model on the reference; returns the warnings, too. */
async function load(
  auto: AutoClass<Model>,
  folder: string,
  options: PreTrainedOptions,
): Promise<[Model, string[]]> {
  let model!: Model;
  const device = await openBackend("cpu");
  const warnings = await warningsOf(async () => {
    model = await auto.from_pretrained(goldenPath(folder), { device, ...options });
  });
  return [model, warnings];
}

const valuesOf = async (model: Model, name: string) => await model.parameters.get(name).getData();

Deno.test("num_labels draws the head that a checkpoint lacks, and says so once", async () => {
  const [model, warnings] = await load(AutoModelForSequenceClassification, WORDS, {
    num_labels: 10,
    seed: 7,
  });
  assertEquals(warnings, [
    "RobertaForSequenceClassification: these parameters are not those of the checkpoint, but drawn " +
    "at random; train them: classifier.dense.weight, classifier.dense.bias, " +
    "classifier.out_proj.weight, classifier.out_proj.bias",
  ]);
  assertEquals(model.config.id2label.length, 10);
  assertEquals(model.config.id2label[9], "LABEL_9");
  const weight = await valuesOf(model, "classifier.out_proj.weight");
  assertEquals(weight.length, 10 * 24);
  const deviation = Math.sqrt(weight.reduce((sum, value) => sum + value ** 2, 0) / weight.length);
  // The standard deviation of 240 draws is off by 1/√480 of itself; five times that.
  assert(Math.abs(deviation / 0.02 - 1) < 0.23, `${deviation}`);
  assertEquals(await valuesOf(model, "classifier.dense.bias"), new Float32Array(24));
  const { logits } = await model({ input_ids: [[0, 5, 6, 2]] }) as never as {
    logits: { dims: number[] };
  };
  assertEquals(logits.dims, [1, 10]);

  const values = async (seed: number) => {
    const [other] = await load(AutoModelForSequenceClassification, WORDS, { num_labels: 10, seed });
    return await valuesOf(other, "classifier.out_proj.weight");
  };
  assertEquals(await values(7), weight);
  assert(String(await values(8)) !== String(weight));
});

Deno.test("one call makes a vanilla encoder LSG and gives it a head", async () => {
  const [model, warnings] = await load(
    AutoModelForSequenceClassification,
    "conversion/bert_512",
    {
      id2label: ["no", "yes"],
      lsg: { max_sequence_length: 1024, block_size: 8, sparse_block_size: 8, num_global_tokens: 4 },
    },
  );
  assertEquals(warnings.filter((warning) => warning.includes("drawn")).length, 1);
  assertEquals(model.config.architectures, ["LSGBertForSequenceClassification"]);
  assertEquals(model.config.id2label, ["no", "yes"]);
  assertEquals(model.config.raw.label2id, { no: 0, yes: 1 });
  assertEquals(model.config.raw.id2label, { 0: "no", 1: "yes" });
  assertEquals(model.config.lsg?.num_global_tokens, 4);
});

Deno.test("a head that is there stays, with names of its own if they are as many", async () => {
  const given = { bad: 0, fair: 1, good: 2 };
  const labels: PreTrainedOptions[] = [
    { num_labels: 3 },
    { id2label: { 0: "bad", 1: "fair", 2: "good" } },
    { label2id: given },
    { num_labels: 3, id2label: ["bad", "fair", "good"], label2id: given },
  ];
  const [before] = await load(AutoModelForTokenClassification, TAGGER, {});
  for (const options of labels) {
    const [model, warnings] = await load(AutoModelForTokenClassification, TAGGER, options);
    assertEquals(warnings, []);
    assertEquals(model.config.id2label, ["bad", "fair", "good"]);
    assertEquals(model.config.raw.label2id, given);
    const name = "classifier.weight";
    assertEquals(await valuesOf(model, name), await valuesOf(before, name));
  }
});

Deno.test("a head of another size is refused, or drawn with ignore_mismatched_sizes", async () => {
  await assertRejects(
    () => load(AutoModelForTokenClassification, TAGGER, { num_labels: 5 }),
    RangeError,
    "classifier.weight has dims [3,16], wanted [5,16]; classifier.bias has dims [3], wanted [5]; " +
      "ignore_mismatched_sizes: true draws these tensors",
  );
  const [model, [warning, ...others]] = await load(AutoModelForTokenClassification, TAGGER, {
    num_labels: 5,
    ignore_mismatched_sizes: true,
  });
  assertEquals(others, []);
  assert(warning.includes("classifier.weight has dims [3,16], wanted [5,16]"), warning);
  assertEquals(model.parameters.get("classifier.weight").dims, [5, 16]);
  assertEquals(model.config.id2label[4], "LABEL_4");
});

Deno.test("new_head draws heads without labels; without it they are an error", async () => {
  for (const auto of [AutoModelForQuestionAnswering, AutoModelForMultipleChoice]) {
    await assertRejects(() => load(auto, WORDS, {}), RangeError, "missing");
    const [, warnings] = await load(auto, WORDS, { new_head: true });
    assertEquals(warnings.length, 1);
  }
  await assertRejects(
    () => load(AutoModelForSequenceClassification, WORDS, { num_labels: 2, new_head: false }),
    RangeError,
    "missing",
  );
  // The encoder is never drawn.
  await assertRejects(
    () => load(AutoModelForMaskedLM, WORDS, { new_head: true, config: { num_hidden_layers: 3 } }),
    RangeError,
    "missing: encoder.layer.2",
  );
});

Deno.test("every family gets each of its heads, vanilla and as LSG", async () => {
  const heads: [AutoClass<Model>, PreTrainedOptions, string][] = [
    [AutoModelForSequenceClassification, { num_labels: 5 }, "SequenceClassification"],
    [AutoModelForTokenClassification, { num_labels: 5 }, "TokenClassification"],
    [AutoModelForQuestionAnswering, { new_head: true }, "QuestionAnswering"],
    [AutoModelForMultipleChoice, { new_head: true }, "MultipleChoice"],
  ];
  const lsg = { max_sequence_length: 1024, block_size: 8, sparse_block_size: 8 };
  const names = ["albert", "bert", "camembert", "distilbert", "electra", "roberta", "xlm_roberta"];
  const encoders = ["models/longformer", ...names.map((name) => `conversion/${name}_512`)];
  const decoders = ["seq2seq/led", "seq2seq/mbart", "conversion/bart_512"];
  let loaded = 0;
  for (const folder of [...encoders, ...decoders]) {
    for (const [auto, options, head] of heads) {
      if (decoders.includes(folder) && /^(Tok|Mul)/.test(head)) {
        await assertRejects(() => load(auto, folder, options), RangeError, `has no head ${head}`);
        continue;
      }
      for (const more of folder.startsWith("conversion") ? [{}, { lsg }] : [{}]) {
        const [model, warnings] = await load(auto, folder, {
          ...options,
          ...more,
          ignore_mismatched_sizes: true,
        });
        const drawn = warnings.filter((warning) => warning.includes("drawn at random"));
        assertEquals(drawn.length, 1, `${folder} ${head}`);
        const row = [2, 5, 6, 2, 2, 7, 2];
        const input_ids = (head === "MultipleChoice" ? [[row, row]] : [row]) as number[][];
        const outputs = Object.entries(await model({ input_ids }) as object);
        const [, { data }] = outputs.find(([name]) => name.endsWith("logits"))!;
        assert((data as Float32Array).every(Number.isFinite), `${folder} ${head}`);
        model.dispose();
        loaded++;
      }
    }
  }
  assertEquals(loaded, 4 + 7 * 4 * 2 + 2 * 2 + 2 * 2);
});

Deno.test("encoder-decoders get new heads, too", async () => {
  const [classifier] = await load(AutoModelForSequenceClassification, "seq2seq/bart", {
    num_labels: 4,
  });
  assertEquals(classifier.parameters.get("classification_head.out_proj.weight").dims, [4, 16]);
  const [reader] = await load(AutoModelForQuestionAnswering, "seq2seq/led", { new_head: true });
  assertEquals(reader.parameters.get("qa_outputs.weight").dims, [2, 16]);
});

Deno.test("labels that contradict each other or the head are refused", async () => {
  const cases: [AutoClass<Model>, object, string][] = [
    [AutoModelForTokenClassification, { num_labels: 0 }, "num_labels must be an integer from 1"],
    [AutoModelForTokenClassification, { num_labels: "3" }, "num_labels must be an integer"],
    [AutoModelForTokenClassification, { num_labels: 2 ** 40 }, "num_labels must be an integer"],
    [AutoModelForTokenClassification, { id2label: { 0: "a", 2: "b" } }, "must have the keys 0, 1"],
    [AutoModelForTokenClassification, { id2label: [true, "b"] }, "must map ids to strings"],
    [AutoModelForTokenClassification, { id2label: ["a", "a"] }, "wanted different names"],
    [AutoModelForTokenClassification, { label2id: ["a", "b"] }, "must map names to ids"],
    [AutoModelForTokenClassification, { label2id: { a: 0, b: 0 } }, "a name for each id"],
    [AutoModelForTokenClassification, { label2id: { a: 0, b: 2 } }, "must have the keys 0, 1"],
    [AutoModelForTokenClassification, { num_labels: 3, id2label: ["a"] }, "num_labels 3 with 1"],
    [
      AutoModelForTokenClassification,
      { id2label: ["a", "b"], label2id: { a: 1, b: 0 } },
      "wanted the inverse of id2label",
    ],
    [AutoModelForQuestionAnswering, { num_labels: 2 }, "QuestionAnswering has no labels; new_head"],
    [AutoModel, { num_labels: 2 }, "Model has no labels"],
    [AutoModel, { new_head: true }, "AutoModel has none"],
    [AutoModelForTokenClassification, { new_head: 1 }, "new_head 1: wanted a boolean"],
  ];
  for (const [auto, options, message] of cases) {
    await assertRejects(() => load(auto, TAGGER, options), Error, message);
  }
});
