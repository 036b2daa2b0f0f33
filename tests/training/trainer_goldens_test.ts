/** Trainings beside transformers' own Trainer: what is logged, when, and which checkpoints are kept. */
import { assert, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModelForSequenceClassification } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import type { Example } from "../../training/data/example.ts";
import { EarlyStoppingCallback } from "../../training/early_stopping.ts";
import { accuracy } from "../../training/metrics.ts";
import { Trainer } from "../../training/trainer.ts";
import type { LogEntry } from "../../training/trainer_state.ts";
import type { TrainingArguments } from "../../training/training_arguments.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { goldenPath } from "../models/golden_models.ts";
import { timeless } from "./tiny_training.ts";

interface Golden {
  readonly train: Example[];
  readonly eval: Example[];
  readonly cases: Readonly<
    Record<string, {
      readonly args: TrainingArguments;
      readonly log_history: LogEntry[];
      readonly final: LogEntry;
      readonly best: string | null;
      readonly checkpoints: string[];
    }>
  >;
}

const golden: Golden = JSON.parse(
  await Deno.readTextFile(goldenPath("training/trainer.json")),
);

/** Two labels, and a head of numbers that Python draws, too. */
async function load(backend: Awaited<ReturnType<typeof openBackend>>) {
  let model: Awaited<ReturnType<typeof AutoModelForSequenceClassification.from_pretrained>>;
  await warningsOf(async () => {
    model = await AutoModelForSequenceClassification.from_pretrained(
      goldenPath("heads/bert_sequence_classification"),
      {
        device: backend,
        num_labels: 2,
        ignore_mismatched_sizes: true,
        config: { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
      },
    );
  });
  const random = new Random(7);
  for (const name of ["classifier.weight", "classifier.bias"]) {
    const { dims, size } = model!.parameters.get(name);
    const values = Float32Array.from({ length: size }, () => random.uniform() - 0.5);
    const made = name.endsWith("bias")
      ? backend.floats(values, dims)
      : backend.weight(values, dims);
    model!.parameters.exchange(name, made).dispose();
  }
  return model!;
}

/** Asserts that entries are the same, up to what transformers rounds and float32 sums differ by. */
function assertLog(made: LogEntry, wanted: LogEntry, where: string): void {
  assertEquals(Object.keys(made).sort(), Object.keys(wanted).sort(), where);
  for (const [name, value] of Object.entries(wanted)) {
    // Losses are rounded to 4 digits, epochs to 2; others are float32 after a dozen of updates.
    const bound = name === "loss" ? 5.1e-5 : name === "epoch" ? 5.1e-3 : 2e-6;
    const error = Math.abs(made[name] - value);
    assert(error <= bound, `${where}: ${name} is ${made[name]}, wanted ${value}`);
  }
}

for (
  const [name, { args, log_history, final, best, checkpoints }] of Object.entries(golden.cases)
) {
  Deno.test(`a Trainer does what transformers' does: ${name}`, () =>
    withFolder(async (output_dir) => {
      using backend = await openBackend("wasm", { threads: 1 });
      using model = await load(backend);
      const stops = args.metric_for_best_model !== undefined;
      const trainer = new Trainer({
        model,
        train_dataset: golden.train,
        eval_dataset: golden.eval,
        compute_metrics: accuracy,
        callbacks: stops ? [new EarlyStoppingCallback({ early_stopping_patience: 2 })] : [],
        args: { save_strategy: "no", ...args, output_dir, disable_tqdm: true },
      });
      await trainer.train();
      const made = timeless(trainer.state.log_history);
      assertEquals(
        made.map(({ step, ...entry }) => [step, ...Object.keys(entry)].join(" ")),
        log_history.map(({ step, ...entry }) => [step, ...Object.keys(entry)].join(" ")),
      );
      log_history.forEach((wanted, i) => assertLog(made[i], wanted, `entry ${i}`));
      const { epoch: _, ...metrics } = final;
      assertLog(timeless([await trainer.evaluate()])[0], metrics, "at the end");
      assertEquals(trainer.state.best_model_checkpoint?.split("/").at(-1) ?? null, best);
      const left = [...Deno.readDirSync(output_dir)].map(({ name }) => name)
        .filter((name) => name.startsWith("checkpoint")).sort();
      assertEquals(left, checkpoints);
    }));
}
