/** What a model predicts. */
import { assert, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import type { Backend } from "../../ops/backend.ts";
import { AutoModelForSequenceClassification } from "../../models/mod.ts";
import { accuracy } from "../../training/metrics.ts";
import type { PredictionOutput } from "../../training/trainer_options.ts";
import { Trainer } from "../../training/trainer.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";
import { drawExamples, loadTiny, tinyTrainer } from "./tiny_training.ts";

Deno.test("predict() returns scores and labels of the rows that have some", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  using model = await loadTiny(backend);
  const trainer = tinyTrainer(model, { compute_metrics: accuracy });
  const dataset = drawExamples(11, 3);
  const { predictions, label_ids, metrics } = await trainer.predict(dataset);
  const wanted = dataset.flatMap(({ ids }) => ids.filter((_, at) => at % 3 === 0));
  assertEquals(label_ids, wanted);
  assertEquals(predictions.length, wanted.length);
  assertEquals(predictions[0].length, model.config.vocab_size);
  assertEquals(metrics.test_accuracy, accuracy({ predictions, label_ids }).accuracy);
  // The mean over examples of means over their labels, batch by batch.
  assert(metrics.test_loss > 0);
});

/** Predicts two sequences with a model of one label. */
async function predictTwo(
  device: Backend,
  problem_type: string,
  run: (
    predict: (labels: readonly (number | number[])[]) => Promise<PredictionOutput>,
  ) => Promise<void>,
): Promise<void> {
  await warningsOf(async () => {
    using model = await AutoModelForSequenceClassification.from_pretrained(
      goldenPath("heads/bert_sequence_classification"),
      { device, id2label: ["on"], ignore_mismatched_sizes: true, config: { problem_type } },
    );
    const inputs = [{ input_ids: [2, 5, 6, 3] }, { input_ids: [2, 7, 8, 9, 3] }];
    const trainer = new Trainer({ model, compute_metrics: accuracy });
    await run((labels) =>
      trainer.predict(inputs.map((each, i) => ({ ...each, labels: labels[i] })))
    );
  });
}

Deno.test("the numbers of a regression are predicted, −100 among them", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  await predictTwo(backend, "regression", async (predict) => {
    const { label_ids, predictions } = await predict([-100, 2.5]);
    assertEquals([label_ids, predictions.length], [[-100, 2.5], 2]);
  });
});

Deno.test("labels that do not exclude each other are counted one by one, even a single one", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  await predictTwo(backend, "multi_label_classification", async (rows) => {
    const { predictions } = await rows([[0], [0]]);
    const right = predictions.map(([score]) => [Number(score > 0)]);
    const { label_ids, metrics } = await rows(right);
    assertEquals(label_ids, right);
    assertEquals(metrics.test_accuracy, 1);
    const wrong = await rows(right.map(([label]) => [1 - label]));
    assertEquals(wrong.metrics.test_accuracy, 0);
  });
});
