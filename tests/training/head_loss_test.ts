/** The loss of each head beside that of the published packages' classes, by autograd. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import {
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForPreTraining,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type HiddenStates,
  type PreTrainedModel,
  type PreTrainedOptions,
} from "../../models/mod.ts";
import { AutoModelForCausalLM, AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { type HeadLossOptions, lossOf, type TrainingBatch } from "../../training/head_loss.ts";
import { Tape } from "../../training/tape.ts";
import { UNIT } from "../../verify/bounds.ts";
import { type GoldenCase, GoldenFile } from "../../verify/golden_file.ts";
import { Float64Backend, valuesOf } from "../helpers/float64_backend.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { goldenPath } from "../models/golden_models.ts";
import { goldenFolder } from "../verify/golden_folder.ts";

const file = await GoldenFile.open(goldenFolder("training"), "losses.safetensors");

const CLASSES = {
  CausalLM: AutoModelForCausalLM,
  ConditionalGeneration: AutoModelForSeq2SeqLM,
  LMHeadModel: AutoModelForCausalLM,
  MaskedLM: AutoModelForMaskedLM,
  MultipleChoice: AutoModelForMultipleChoice,
  PreTraining: AutoModelForPreTraining,
  QuestionAnswering: AutoModelForQuestionAnswering,
  SequenceClassification: AutoModelForSequenceClassification,
  TokenClassification: AutoModelForTokenClassification,
};

type Trained = PreTrainedModel<HiddenStates>;

function loadModel(golden: GoldenCase, options: PreTrainedOptions): Promise<Trained> {
  const entry = Object.entries(CLASSES).find(([head]) => golden.source.endsWith(head))!;
  return entry[1].from_pretrained(goldenPath(golden.parameters.folder as string), options);
}

/** Inputs and labels of a case as tensors, or nested arrays of three dimensions. */
async function batchOf(golden: GoldenCase): Promise<TrainingBatch> {
  const batch: Record<string, unknown> = {};
  for (const name of file.tensors(golden)) {
    if (name === "loss" || /^(gradient|new)\./.test(name)) continue;
    const dims = file.dims(golden, name);
    // Fractional labels are float32 in the file.
    const isFloat = name === "labels" && /numbers|independent|new Seq/.test(golden.name);
    const tensor = isFloat
      ? new Tensor("float32", (await file.floats(golden, name)).data as Float32Array, dims)
      : new Tensor("int32", (await file.integers(golden, name))!, dims);
    batch[name] = dims.length === 3 ? tensor.tolist() : tensor;
  }
  return batch as unknown as TrainingBatch;
}

Deno.test("the loss of each head and its gradient are the packages'", async () => {
  assert(file.cases.length >= 110, `${file.cases.length}`);
  const used = new Set<string>();
  for (const golden of file.cases) {
    const { problem_type, smoothing } = golden.parameters as Record<string, never>;
    const labels = golden.parameters.new as object | null;
    const backend = new Float64Backend();
    let model!: Trained;
    const warnings = await warningsOf(async () => {
      model = await loadModel(golden, {
        device: backend,
        config: { problem_type },
        ...(labels && { ...labels, new_head: true, ignore_mismatched_sizes: true }),
      });
    });
    assertEquals(warnings.length, labels ? 1 : 0, golden.name);
    for (const name of file.tensors(golden).filter((name) => name.startsWith("new."))) {
      const { data } = await file.floats(golden, name);
      valuesOf(model.parameters.get(name.slice("new.".length))).set(data);
    }
    const before = backend.memory().tensors;
    const { loss, seeds, outputs, dispose } = await lossOf(model, await batchOf(golden), {
      smoothing,
    });
    const wanted = (await file.floats(golden, "loss")).data[0];
    assertAlmostEquals(loss, wanted, 2 * UNIT * Math.abs(wanted) + 1e-9, golden.name);
    for (const [output, seed] of seeds) {
      const [name] = Object.entries(outputs).find(([, tensor]) => tensor === output)!;
      const { data } = await file.floats(golden, `gradient.${name}`);
      const rows = name === "logits" ? countedRows(output, seed) : [...seed.data];
      assertEquals(rows.length, data.length, golden.name);
      data.forEach((value, i) => {
        // Both are rounded to float32.
        const error = Math.abs(rows[i] - value);
        assert(
          error <= 4 * UNIT * Math.abs(value) + 1e-9,
          `${golden.name} at ${i}: ${rows[i]}, wanted ${value}`,
        );
      });
      used.add(name);
    }
    dispose();
    assertEquals(backend.memory().tensors, before, `${golden.name} left tensors`);
    model.dispose();
  }
  assertEquals([...used].sort(), ["end_logits", "logits", "start_logits"]);
});

/** Of words' scores the rows that count, as the golden file has them. */
function countedRows({ dims }: Floats, { data }: Floats): number[] {
  const width = dims.at(-1)!;
  const rows = Array.from(
    { length: data.length / width },
    (_, row) => [...data.subarray(row * width, (row + 1) * width)],
  );
  return (width < 10 ? rows : rows.filter((row) => row.some((value) => value !== 0))).flat();
}

const FOLDER = goldenPath("heads/bert_sequence_classification");
const IDS = { input_ids: [[2, 5, 6, 3], [2, 7, 8, 3]] };

async function withClassifier(body: (model: Trained, backend: Backend) => Promise<void>) {
  const backend = new Float64Backend();
  const model = await AutoModelForSequenceClassification.from_pretrained(FOLDER, {
    device: backend,
  });
  await body(model, backend);
  model.dispose();
}

Deno.test("labels of a classification choose the loss, and may be a column or bigints", async () => {
  const losses: number[] = [];
  for (const labels of [[2, 0], [[2], [0]], [2n, 0n], [[1, 0, 0.5], [0, 1, 1]]]) {
    await withClassifier(async (model) => {
      const result = await lossOf(model, { ...IDS, labels } as TrainingBatch);
      losses.push(result.loss);
      result.dispose();
    });
  }
  assertEquals(losses[1], losses[0]);
  assertEquals(losses[2], losses[0]);
  assert(losses[3] !== losses[0]);
});

Deno.test("scale multiplies the seeds, not the loss", async () => {
  await withClassifier(async (model) => {
    const one = await lossOf(model, { ...IDS, labels: [2, 0] });
    const half = await lossOf(model, { ...IDS, labels: [2, 0] }, { scale: 0.5 });
    assertEquals(half.loss, one.loss);
    assertEquals(half.seeds[0][1].data, one.seeds[0][1].data.map((value) => value / 2));
    one.dispose();
    half.dispose();
  });
});

Deno.test("rows without any label give the loss 0 and no gradient", async () => {
  const backend = await openBackend("cpu");
  const model = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"), {
    device: backend,
  });
  const labels = [[-100, -100, -100, -100], [-100, -100, -100, -100]];
  const { loss, seeds, dispose } = await lossOf(model, { ...IDS, labels });
  assertEquals(loss, 0);
  assertEquals([...new Set(seeds[0][1].data)], [0]);
  dispose();
  model.dispose();
});

Deno.test("labels that do not fit the head are refused, and nothing is left", async () => {
  const cases: [TrainingBatch, HeadLossOptions, string][] = [
    [IDS, {}, "labels is undefined"],
    [{ ...IDS, labels: [] }, {}, "labels has no rows of one length"],
    [{ ...IDS, labels: [[1], [1, 2]] }, {}, "no rows of one length"],
    [{ ...IDS, labels: ["good", 1] as never }, {}, 'labels holds "good" at 0'],
    [{ ...IDS, labels: [NaN, 1] }, {}, "labels holds NaN at 0"],
    [{ ...IDS, labels: [0.5, 1] }, {}, "labels holds 0.5 at 0; wanted whole numbers"],
    [{ ...IDS, labels: [3, 1] }, {}, "label 3 in row 0: wanted 0 … 2"],
    [{ ...IDS, labels: [1] }, {}, "there are 1 labels, wanted 2"],
    [{ ...IDS, labels: [[1, 0], [1, 0]] }, {}, "wanted [2, 3]"],
    [{ ...IDS, labels: [1, 1], start_positions: [1, 1] }, {}, "takes no start_positions"],
    [{ ...IDS, labels: [[1, 0, 1], [1, 0, 1]] }, { smoothing: 0.1 }, "Cannot smooth labels by 0.1"],
    [{ ...IDS, labels: [1, 1] }, { smoothing: 2 }, "smoothing 2"],
    [{ ...IDS, labels: [1, 1] }, { scaling: 2 } as never, "scaling"],
  ];
  await withClassifier(async (model, backend) => {
    const before = backend.memory().tensors;
    for (const [batch, options, message] of cases) {
      await assertRejects(() => lossOf(model, batch, options), Error, message);
      assertEquals(backend.memory().tensors, before, message);
    }
  });
});

Deno.test("a model without a head, or labels of other rows, are refused", async () => {
  const folder = goldenPath("models/lsg_norm");
  const bare = await AutoModel.from_pretrained(folder, { device: await openBackend("cpu") });
  await assertRejects(() => lossOf(bare, { ...IDS, labels: [1, 1] }), TypeError, "has no head");
  bare.dispose();
  const words = await AutoModelForMaskedLM.from_pretrained(folder, {
    device: await openBackend("cpu"),
  });
  await assertRejects(
    () => lossOf(words, { ...IDS, labels: [[1, 2], [3, 4]] }),
    TypeError,
    "labels has the shape [2, 2], wanted [2, 4] as input_ids",
  );
  words.dispose();
});

Deno.test("the seeds lead a tape to the parameters of both outputs", async () => {
  const backend = await openBackend("cpu");
  const tape = new Tape(backend);
  const model = await AutoModelForQuestionAnswering.from_pretrained(
    goldenPath("heads/bert_question_answering"),
    { device: tape },
  );
  tape.train(model.parameters.get("qa_outputs.bias"));
  const result = await lossOf(model, { ...IDS, start_positions: [1, 2], end_positions: [2, 9] });
  await tape.backward(...result.seeds);
  result.dispose();
  await assertRejects(
    () => lossOf(model, { ...IDS, start_positions: [1], end_positions: [2, 9] }),
    TypeError,
    "there are 1 labels, wanted 2",
  );
  const [[, sum]] = tape.gradients;
  const gradient = await sum.getData();
  // A softmax minus its label adds up to 0 over all tokens.
  gradient.forEach((value) => assertAlmostEquals(value, 0, 1e-6));
  tape.dispose();
  model.dispose();
  backend.dispose();
});

Deno.test("a loss that counts padding is the same in an evaluation, where padding costs nothing", async () => {
  using backend = await openBackend("cpu");
  const batch = { input_ids: [[5, 9, 12, 7]], attention_mask: [[1, 1, 0, 0]] };
  // The losses of transformers 4.36.2 in float64: BertForQuestionAnswering's softmax is over all
  // tokens, BertForTokenClassification's mean over all labels but −100.
  const cases = [
    [AutoModelForQuestionAnswering, "question_answering", 1.3841374059585423, {
      start_positions: [0],
      end_positions: [1],
    }],
    [AutoModelForTokenClassification, "token_classification", 1.2075206572779202, {
      labels: [[0, 1, 0, 2]],
    }],
  ] as const;
  for (const [auto, name, wanted, labels] of cases) {
    using model: PreTrainedModel<HiddenStates> = await auto.from_pretrained(
      goldenPath(`heads/bert_${name}`),
      { device: backend },
    );
    using tape = new Tape(backend);
    for (const on of [model, model.on(tape)]) {
      const result = await lossOf(on, { ...batch, ...labels });
      assertAlmostEquals(result.loss, wanted, 1e-6, name);
      result.dispose();
    }
  }
});
