/** Gradients of each head's loss by all parameters, beside differences of the loss. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModelForCausalLM, AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import {
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
import type { AutoClass } from "../../models/auto.ts";
import type { Backend } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { lossOf, type TrainingBatch } from "../../training/head_loss.ts";
import { Tape } from "../../training/tape.ts";
import { UNIT } from "../../verify/bounds.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { someOf } from "../helpers/test_on_backends.ts";
import { Float64Backend, valuesOf } from "../helpers/float64_backend.ts";
import { goldenPath } from "../models/golden_models.ts";

type Auto = AutoClass<PreTrainedModel<HiddenStates>>;

const MASK = { attention_mask: [[1, 1, 1, 1, 1], [1, 1, 1, 1, 0]] };
const IDS = { input_ids: [[2, 5, 6, 7, 3], [2, 8, 9, 3, 0]], ...MASK };
// Its loss depends on rows of padding, whose embedding has no gradient, as in torch: here is none.
const PAIRS = { input_ids: [[2, 5, 6, 7, 3], [2, 8, 9, 4, 3]] };
const [ENDS, TEXTS] = [
  { input_ids: [[0, 5, 6, 7, 2], [0, 8, 9, 2, 1]], ...MASK },
  [[7, 8, 9, 2], [6, 2, -100, -100]],
];
const CHOICES = { input_ids: [[[2, 5, 3], [2, 6, 3]], [[2, 7, 3], [2, 8, 3]]] };
const SPOTS = { start_positions: [1, 9], end_positions: [3, 2] };
const WORDS = [[-100, 5, -100, 9, -100], [-100, -100, 7, -100, -100]];
const TAGS = [[-100, 1, 0, 2, -100], [-100, 2, 0, -100, -100]];

const CASES: [Auto, string, TrainingBatch, PreTrainedOptions?][] = [
  [AutoModelForSequenceClassification, "heads/bert_sequence_classification", {
    ...IDS,
    labels: [2, 0],
  }],
  [
    AutoModelForSequenceClassification,
    "heads/distilbert_sequence_classification",
    { ...IDS, labels: [[1, 0, 1], [0, 0, 1]] },
  ],
  [
    AutoModelForSequenceClassification,
    "heads/roberta_lsg_sequence_classification",
    { ...ENDS, labels: [[1.5, 0, -1], [0, 3, 1]] },
    { config: { problem_type: "regression" } },
  ],
  [AutoModelForTokenClassification, "heads/albert_token_classification", { ...IDS, labels: TAGS }],
  [AutoModelForQuestionAnswering, "heads/bert_lsg_question_answering", { ...PAIRS, ...SPOTS }],
  [AutoModelForMultipleChoice, "heads/electra_multiple_choice", { ...CHOICES, labels: [1, 0] }],
  [AutoModelForPreTraining, "heads/electra_pre_training", {
    ...IDS,
    labels: [[0, 1, 0, 0, 0], [0, 1, 1, 0, 0]],
  }],
  // Gradients by a fused layer, a window, a mean.
  [AutoModelForSequenceClassification, "heads/modernbert_sequence_classification_mean", {
    ...ENDS,
    labels: [2, 0],
  }, { config: { local_attention: 2 } }],
  [AutoModelForMaskedLM, "models/electra", { ...IDS, labels: WORDS }],
  [AutoModelForMaskedLM, "models/roberta_untied", { ...ENDS, labels: WORDS }],
  [AutoModelForCausalLM, "heads/bert_causal_lm", { ...IDS, labels: WORDS }, {
    config: { is_decoder: true },
  }],
  [AutoModelForSeq2SeqLM, "seq2seq/bart_lsg_norm", { ...ENDS, labels: TEXTS }],
  [AutoModelForSeq2SeqLM, "seq2seq/mbart", { ...ENDS, labels: TEXTS }],
  [AutoModelForSequenceClassification, "seq2seq/bart_sequence_classification", {
    ...ENDS,
    labels: [2, 0],
  }],
];

/** The loss and its gradients by all parameters, and how it changes in a direction. */
async function gradientsOn(
  backend: Backend,
  [auto, folder, batch, options]: (typeof CASES)[number],
): Promise<{ loss: number; gradients: Map<string, Float32Array>; change?: [number, number] }> {
  const tape = new Tape(backend);
  const model = await auto.from_pretrained(goldenPath(folder), { device: tape, ...options });
  const before = backend.memory().tensors;
  for (const [, tensor] of model.parameters.entries()) tape.train(tensor);
  const result = await lossOf(model, batch, { smoothing: smoothingOf(batch) });
  await tape.backward(...result.seeds);
  result.dispose();
  const gradients = new Map<string, Float32Array>();
  for (const [name, tensor] of model.parameters.entries()) {
    const sum = tape.gradients.find(([trained]) => trained === tensor)?.[1];
    if (sum) gradients.set(name, (await sum.getData()).slice());
  }
  const { loss } = result;
  tape.dispose();
  assertEquals(backend.memory().tensors, before, `${folder} left tensors`);
  const made = backend instanceof Float64Backend
    ? { loss, gradients, change: await changeOf(model, batch, gradients) }
    : { loss, gradients };
  model.dispose();
  return made;
}

/** Smoothed where labels are classes of rows. */
const smoothingOf = ({ labels }: TrainingBatch) => labels === WORDS || labels === TAGS ? 0.1 : 0;

/** The change of the loss in a drawn direction: by differences, and by the gradients. */
async function changeOf(
  model: PreTrainedModel<HiddenStates>,
  batch: TrainingBatch,
  gradients: Map<string, Float32Array>,
): Promise<[number, number]> {
  const random = new Random(1);
  const directions = [...model.parameters.entries()].map(([name, tensor]) => ({
    values: valuesOf(tensor),
    gradient: gradients.get(name),
    direction: random.normals(tensor.size),
  }));
  const move = (step: number) => {
    for (const { values, direction } of directions) {
      values.forEach((value, i) => values[i] = value + step * direction[i]);
    }
  };
  const loss = async () => {
    const result = await lossOf(model, batch, { smoothing: smoothingOf(batch) });
    result.dispose();
    return result.loss;
  };
  const [step, losses]: [number, number[]] = [1e-6, []];
  for (const by of [step, -2 * step]) {
    move(by);
    losses.push(await loss());
  }
  const slope = directions.reduce(
    (sum, { gradient, direction }) =>
      sum + (gradient?.reduce((own, value, i) => own + value * direction[i], 0) ?? 0),
    0,
  );
  return [(losses[0] - losses[1]) / (2 * step), slope];
}

const exact = new Map<string, Awaited<ReturnType<typeof gradientsOn>>>();

Deno.test("the gradients of every head's loss tell how the loss changes", async () => {
  for (const each of CASES) {
    const made = await gradientsOn(new Float64Backend(), each);
    exact.set(each[1], made);
    const [difference, slope] = made.change!;
    assert(Math.abs(slope) > 1e-3, `${each[1]}: ${slope}`);
    // Differences lose ten of sixteen digits; the seeds of the way back are float32.
    assertAlmostEquals(slope, difference, 1e-6 * (1 + Math.abs(slope)), each[1]);
  }
});

for (const device of ["cpu", "wasm", "webgpu"] as const) {
  testOnBackend(device, "gradients of every head's loss are those of float64", async () => {
    const backend = await openBackend(device);
    for (const each of someOf(backend, CASES)) {
      const { loss, gradients } = await gradientsOn(backend, each);
      const wanted = exact.get(each[1])!;
      assertAlmostEquals(loss, wanted.loss, 1e-5 * (1 + wanted.loss));
      assertEquals([...gradients.keys()], [...wanted.gradients.keys()]);
      for (const [name, values] of gradients) {
        const own = wanted.gradients.get(name)!;
        // Of the layer: terms of a key's bias are as large as those of its weight, but cancel.
        const layer = name.replace(/[^.]+$/, "");
        const largest = [...wanted.gradients].filter(([other]) => other.startsWith(layer))
          .flatMap(([, values]) => [...values])
          .reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
        // About a hundred roundings follow each other through encoder and decoder, amplified by norms
        // and by sums of at most 90 terms.
        const most = 100 * 90 * UNIT * largest;
        values.forEach((value, i) => {
          const error = Math.abs(value - own[i]);
          assert(
            error <= most,
            `${each[1]}, ${name} at ${i}: ${value}, wanted ${own[i]} (${most})`,
          );
        });
      }
    }
    backend.dispose();
  });
}
