import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { openBackend } from "../../device.ts";
import type { Backend } from "../../ops/backend.ts";
import { AutoModelForMaskedLM, AutoModelForSequenceClassification } from "../../models/mod.ts";
import { EarlyStoppingCallback } from "../../training/early_stopping.ts";
import { accuracy } from "../../training/metrics.ts";
import { readJsonLines } from "../../training/data/mod.ts";
import { OutputFolder } from "../../training/output_folder.ts";
import {
  EVENTS,
  type TrainerCallback,
  type TrainerControl,
  type TrainerEvent,
} from "../../training/trainer_callback.ts";
import type { TrainerState } from "../../training/trainer_state.ts";
import type {
  PredictionOutput,
  TrainerOptions,
  TrainOptions,
} from "../../training/trainer_options.ts";
import type { TrainingBatch } from "../../training/training_batch.ts";
import type { TrainingArguments } from "../../training/training_arguments.ts";
import { Trainer } from "../../training/trainer.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";
import {
  collateTiny,
  drawExamples,
  loadTiny,
  parametersOf,
  timeless,
  type TinyExample,
  tinyTrainer,
} from "./tiny_training.ts";

function namesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

Deno.test("a Trainer trains, evaluates, logs and saves", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    using model = await loadTiny(backend);
    const before = backend.memory();
    const trainer = tinyTrainer(model, {
      compute_metrics: accuracy,
      args: {
        output_dir: folder,
        evaluation_strategy: "epoch",
        save_strategy: "epoch",
        logging_first_step: true,
      },
    });
    const { global_step, training_loss, interrupted } = await trainer.train();
    assertEquals([global_step, interrupted], [12, false]);
    assertEquals(backend.memory(), before);

    const { log_history: log, epoch } = trainer.state;
    // 12 steps of 2 micro-batches, 9 of which are an epoch.
    assertEquals(epoch, 2 + 6 / 9);
    const losses = log.filter(({ loss }) => loss !== undefined);
    assertEquals(losses.map(({ step }) => step), [1, 2, 4, 6, 8, 10, 12]);
    assertEquals(losses.map(({ learning_rate }) => learning_rate.toFixed(6)), [
      ...["0.002500", "0.005000", "0.004000", "0.003000", "0.002000", "0.001000", "0.000000"],
    ]);
    assert(losses.at(-1)!.loss < losses[0].loss);
    const mean = (losses[0].loss + losses[1].loss + 2 * losses.slice(2).reduce(
          (sum, { loss }) => sum + loss,
          0,
        )) / 12;
    assert(Math.abs(training_loss - mean) < 1e-12);
    const evaluations = log.filter(({ eval_loss }) => eval_loss !== undefined);
    assertEquals(evaluations.map(({ step }) => step), [4, 9, 12]);
    assert(evaluations.every(({ eval_accuracy }) => eval_accuracy >= 0 && eval_accuracy <= 1));
    assertEquals(Object.keys(log.at(-1)!), [
      "train_runtime",
      "train_samples_per_second",
      "train_steps_per_second",
      "train_tokens_per_second",
      "train_loss",
      "epoch",
      "step",
    ]);

    assertEquals(namesIn(folder), [
      "checkpoint-12",
      "checkpoint-4",
      "checkpoint-9",
      "curves.svg",
      "metrics.jsonl",
      "trainer_state.json",
    ]);
    const lines = (await Deno.readTextFile(`${folder}/metrics.jsonl`)).trim().split("\n");
    assertEquals(lines.map((line) => JSON.parse(line)), log);
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/trainer_state.json`)).log_history, [
      ...log,
    ]);
    const svg = await Deno.readTextFile(`${folder}/curves.svg`);
    for (const name of ["loss", "eval_loss", "eval_accuracy"]) assert(svg.includes(`>${name}<`));

    await trainer.save_model(`${folder}/best`);
    using copy = await AutoModelForMaskedLM.from_pretrained(`${folder}/best`, { device: backend });
    assertEquals(await parametersOf(copy), await parametersOf(model));
  }));

Deno.test("memory is the same after each step", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  using model = await loadTiny(backend);
  const used = new Set<string>();
  const note: TrainerCallback = {
    on_step_end: () => void used.add(JSON.stringify(backend.memory())),
  };
  await tinyTrainer(model, { callbacks: [note], args: { max_steps: 30 } }).train();
  assertEquals(used.size, 1, [...used].join(" "));
});

Deno.test("a Trainer needs no folder", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  using model = await loadTiny(backend);
  const logs: string[] = [];
  const trainer = tinyTrainer(model, {
    callbacks: [{
      on_log: (_args, _state, _control, { logs: entry }) => void logs.push(...Object.keys(entry!)),
    }],
    args: { max_steps: 2 },
  });
  await trainer.train();
  assert(logs.includes("loss") && logs.includes("train_loss"));
  await assertRejects(
    () => trainer.train({ resume_from_checkpoint: true }),
    RangeError,
    "output_dir",
  );
  await assertRejects(() => trainer.save_model(), RangeError, "wanted a folder");
});

Deno.test("a run that a signal stopped goes on as if it had not", async () => {
  await withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    const args: TrainingArguments = {
      evaluation_strategy: "epoch",
      save_strategy: "epoch",
      save_total_limit: 2,
      load_best_model_at_end: true,
    };
    using model = await loadTiny(backend);
    const whole = tinyTrainer(model, { args: { ...args, output_dir: `${folder}/whole` } });
    await whole.train();

    const output_dir = `${folder}/parts`;
    const stops: [event: TrainerEvent, step: number, last: number][] = [
      ["on_step_begin", 0, 1],
      // The step begins with the last micro-batch of an epoch, at whose end the run stops.
      ["on_step_begin", 4, 4],
      ["on_step_begin", 6, 7],
      // In the evaluation at the end of an epoch.
      ["on_prediction_step", 9, 9],
      ["on_step_begin", 9, 10],
    ];
    for (const [event, step, lastStep] of stops) {
      const controller = new AbortController();
      using part = await loadTiny(backend);
      const trainer = tinyTrainer(part, {
        args: { ...args, output_dir },
        callbacks: [{
          [event]: (_args: unknown, { global_step }: TrainerState) => {
            if (global_step === step) controller.abort();
          },
        }],
      });
      const { global_step, interrupted } = await trainer.train({
        resume_from_checkpoint: step > 0,
        signal: controller.signal,
      });
      assertEquals([global_step, interrupted], [lastStep, true], event);
    }
    using last = await loadTiny(backend);
    const trainer = tinyTrainer(last, { args: { ...args, output_dir } });
    const { interrupted } = await trainer.train({ resume_from_checkpoint: true });
    assertEquals(interrupted, false);
    assertEquals(timeless(trainer.state.log_history), timeless(whole.state.log_history));
    assertEquals(await parametersOf(last), await parametersOf(model));
    assertEquals(trainer.state.best_metric, whole.state.best_metric);
  });
});

Deno.test("an epoch that a callback ended stays so in a run that goes on", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    const endAt: TrainerCallback = {
      on_step_end: (_args, { global_step }, control) => {
        if (global_step === 2) control.should_epoch_stop = true;
      },
    };
    const logs: Readonly<Record<string, number>>[][] = [];
    for (const parts of [1, 2]) {
      const output_dir = `${folder}/${parts}`;
      for (let part = 1; part <= parts; part++) {
        using model = await loadTiny(backend);
        const controller = new AbortController();
        const stop: TrainerCallback = {
          on_step_end: (_args, { global_step }) => {
            if (part < parts && global_step === 2) controller.abort();
          },
        };
        const trainer = tinyTrainer(model, {
          args: { output_dir, num_train_epochs: 2, logging_steps: 1, save_strategy: "no" },
          callbacks: [endAt, stop],
        });
        await trainer.train({ resume_from_checkpoint: part > 1, signal: controller.signal });
        if (part === parts) logs.push(timeless(trainer.state.log_history));
      }
    }
    // 9 micro-batches an epoch; the first one ends after 4 of them.
    assertEquals(logs[0].slice(1, 4).map(({ epoch }) => epoch), [4 / 9, 1 + 2 / 9, 1 + 4 / 9]);
    assertEquals(logs[1], logs[0]);
  }));

Deno.test("load_best_model_at_end restores the best checkpoint, which is kept", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    using model = await loadTiny(backend);
    const losses = [3, 1, 2, 2.5];
    const trainer = tinyTrainer(model, {
      compute_metrics: () => ({ cost: losses.shift()! }),
      args: {
        output_dir: folder,
        max_steps: 4,
        evaluation_strategy: "steps",
        eval_steps: 1,
        save_steps: 1,
        save_total_limit: 2,
        load_best_model_at_end: true,
        metric_for_best_model: "cost",
        greater_is_better: false,
      },
    });
    await trainer.train();
    assertEquals(trainer.state.best_model_checkpoint, `${folder}/checkpoint-2`);
    assertEquals(trainer.state.best_metric, 1);
    assertEquals(namesIn(folder).filter((name) => name.startsWith("checkpoint")), [
      "checkpoint-2",
      "checkpoint-4",
    ]);
    using best = await AutoModelForMaskedLM.from_pretrained(`${folder}/checkpoint-2`, {
      device: backend,
    });
    assertEquals(await parametersOf(model), await parametersOf(best));
  }));

Deno.test("a best checkpoint is found in a folder that was moved, and in another folder", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    using model = await loadTiny(backend);
    const scores = [2, 1, 1, 1];
    const args: TrainingArguments = {
      evaluation_strategy: "steps",
      eval_steps: 1,
      save_steps: 1,
      load_best_model_at_end: true,
      metric_for_best_model: "score",
    };
    const run = (output_dir: string, max_steps: number, resume: boolean | string) =>
      tinyTrainer(model, {
        compute_metrics: () => ({ score: scores.shift()! }),
        args: { ...args, output_dir, max_steps },
      }).train({ resume_from_checkpoint: resume });
    await run(`${folder}/a`, 2, false);
    const best = await parametersOf(model);
    await Deno.rename(`${folder}/a`, `${folder}/b`);
    await run(`${folder}/b`, 3, true);
    assertEquals(await parametersOf(model), best);
    await Deno.rename(`${folder}/b`, `${folder}/a`);
    await run(`${folder}/c`, 4, `${folder}/a/checkpoint-3`);
    assertEquals(await parametersOf(model), best);
  }));

Deno.test("EarlyStoppingCallback counts through a resumed run", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    using model = await loadTiny(backend);
    const args: TrainingArguments = {
      output_dir: folder,
      max_steps: 9,
      evaluation_strategy: "steps",
      eval_steps: 1,
      save_steps: 1,
      load_best_model_at_end: true,
      metric_for_best_model: "score",
    };
    const scores = [1, 3, 2.9, 3, 2, 0];
    const trainer = (callbacks: TrainerCallback[]) =>
      tinyTrainer(model, {
        args,
        compute_metrics: () => ({ score: scores.shift()! }),
        callbacks: [new EarlyStoppingCallback({ early_stopping_patience: 3 }), ...callbacks],
      });
    const controller = new AbortController();
    const stop: TrainerCallback = {
      on_step_end: (_args, { global_step }) => {
        if (global_step === 4) controller.abort();
      },
    };
    await trainer([stop]).train({ signal: controller.signal });
    const second = trainer([]);
    // 3, 2.9, 3 and 2: none of the last three is above 3.
    assertEquals((await second.train({ resume_from_checkpoint: true })).global_step, 5);
    assertEquals(second.state.stateful_callbacks, {
      EarlyStoppingCallback: { early_stopping_patience_counter: 3 },
    });
    // It has ended: another run makes no step.
    assertEquals((await trainer([]).train({ resume_from_checkpoint: true })).global_step, 5);

    const { test_loss } = await second.evaluate(drawExamples(3), "test");
    assert(test_loss > 0);

    const without = tinyTrainer(model, { callbacks: [new EarlyStoppingCallback()] });
    await assertRejects(() => without.train(), RangeError, "wanted load_best_model_at_end: true");
  }));

Deno.test("callbacks are called in transformers' order, and may stop a training", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  using model = await loadTiny(backend);
  const called: string[] = [];
  const listener: TrainerCallback = Object.fromEntries(
    EVENTS.map((event) => [event, () => void called.push(event.slice(3))]),
  );
  const stop: TrainerCallback = {
    on_step_end: (_args, _state, control) => {
      control.should_evaluate = true;
      control.should_training_stop = true;
    },
  };
  await tinyTrainer(model, { callbacks: [listener, stop], args: { logging_steps: 1 } }).train();
  assertEquals(called, [
    "train_begin",
    "epoch_begin",
    "step_begin",
    "substep_end",
    "step_end",
    "log",
    "prediction_step",
    "log",
    "evaluate",
    "epoch_end",
    "log",
    "train_end",
  ]);
});

Deno.test("what a callback asks for at any event of a step is done at its end", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    using model = await loadTiny(backend);
    for (const event of ["on_step_begin", "on_substep_end", "on_step_end", "on_epoch_end"]) {
      const done: string[] = [];
      const ask: TrainerCallback = {
        [event]: (_args: unknown, { global_step }: TrainerState, control: TrainerControl) => {
          if (done.length > 0 || global_step > 1 && event !== "on_epoch_end") return;
          Object.assign(control, { should_log: true, should_evaluate: true, should_save: true });
        },
        on_log: (_args, _state, _control, { logs }) => void (logs!.loss && done.push("log")),
        on_evaluate: () => void done.push("evaluate"),
        on_save: () => void done.push("save"),
      };
      await tinyTrainer(model, {
        callbacks: [ask],
        args: {
          output_dir: folder,
          overwrite_output_dir: true,
          num_train_epochs: 1,
          logging_strategy: "no",
          save_strategy: "no",
        },
      }).train();
      assertEquals(done, ["log", "evaluate", "save"], event);
    }
  }));

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

Deno.test("a Trainer reads examples from an iterable", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  const examples = drawExamples(17);
  const parameters: Float32Array[][] = [];
  for (
    const train_dataset of [
      examples,
      (async function* () {
        yield* examples;
      })(),
    ]
  ) {
    using model = await loadTiny(backend);
    await tinyTrainer(model, { train_dataset, args: { max_steps: 3 } }).train();
    parameters.push(await parametersOf(model));
  }
  assertEquals(parameters[1], parameters[0]);
  using model = await loadTiny(backend);
  const eval_dataset = (function* () {
    yield* examples;
  })();
  const trainer = tinyTrainer(model, { eval_dataset });
  const { eval_loss } = await trainer.evaluate();
  assertEquals((await trainer.evaluate()).eval_loss, eval_loss);
  for (const wrong of [7, "text", null, {}]) {
    const refused = tinyTrainer(model, { train_dataset: wrong as never });
    await assertRejects(() => refused.train(), wrong === null ? RangeError : TypeError);
  }
});

Deno.test("a Trainer refuses a training that does not fit, and says what would", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  using model = await loadTiny(backend);
  const before = backend.memory();
  const bytes = before.bytes + 600_000;
  Object.defineProperty(backend, "limits", { value: { bytes, tensorBytes: bytes } });
  const trainer = (size: number) =>
    tinyTrainer(model, { args: { per_device_train_batch_size: size, max_steps: 1 } });
  const error = await assertRejects(() => trainer(16).train(), RangeError, "Cannot train: 16 seq");
  assertStringIncludes(error.message, "What would fit: ");
  const size = Number(error.message.match(/per_device_train_batch_size (\d+)/)![1]);
  assert(size > 1);
  assertEquals(backend.memory(), before);
  await trainer(2).train();
});

Deno.test("a Trainer refuses what it cannot do before it trains", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    using model = await loadTiny(backend);
    const args = { output_dir: folder, max_steps: 2, save_steps: 1 };
    const first = tinyTrainer(model, { args });
    await assertRejects(
      () => first.train({ resume_from_checkpoint: true }),
      RangeError,
      "no checkpoint",
    );
    await first.train();
    await assertRejects(() => first.train(), RangeError, "holds checkpoints of a training");
    const another = tinyTrainer(model, { args: { ...args, seed: 7 } });
    await assertRejects(
      () => another.train({ resume_from_checkpoint: true }),
      RangeError,
      "seed was 42 and is 7 now",
    );
    await tinyTrainer(model, { args: { ...args, overwrite_output_dir: true } }).train();
    const aborted = AbortSignal.abort(new Error("no"));
    await assertRejects(() => first.train({ signal: aborted }), Error, "no");
    assertThrows(() => tinyTrainer(model, { callbacks: [{}] }), TypeError, "callback 1");
    const misspelt = { callback: [] } as object;
    assertThrows(() => tinyTrainer(model, misspelt), TypeError, "with callback: wanted model");
    const wrongOptions: [object, string][] = [
      [{ compute_metrics: "accuracy" }, 'compute_metrics "accuracy": wanted a function'],
      [{ callbacks: { on_log() {} } }, "wanted an array of callbacks"],
    ];
    for (const [options, message] of wrongOptions) {
      assertThrows(() => tinyTrainer(model, options), Error, message);
    }
    assertThrows(() => tinyTrainer(undefined as never), TypeError, "without a model");
    const blind = tinyTrainer(model, {
      eval_dataset: undefined,
      args: { evaluation_strategy: "epoch" },
    });
    await assertRejects(() => blind.train(), RangeError, 'evaluation_strategy "epoch"');
    const nothing = tinyTrainer(model, { eval_dataset: undefined });
    await assertRejects(() => nothing.evaluate(), RangeError, "wanted an eval_dataset");
    const wrong = tinyTrainer(model, { compute_metrics: () => ({ cost: NaN }) });
    await assertRejects(() => wrong.evaluate(), RangeError, "the metric cost is NaN");
    const empty = tinyTrainer(model, { data_collator: () => undefined as never });
    await assertRejects(() => empty.evaluate(), TypeError, "data_collator returned undefined");
    const numbers = [1] as never;
    await assertRejects(() => wrong.predict(numbers), TypeError, "from dataset[0]: it is 1");
  }));

Deno.test("a training that is refused leaves the model and the folder as they were", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    using model = await loadTiny(backend);
    const args = { output_dir: folder, max_steps: 2, save_steps: 1 };
    await tinyTrainer(model, { args }).train();
    const log = await Deno.readTextFile(`${folder}/metrics.jsonl`);

    using other = await loadTiny(backend);
    const before = await parametersOf(other);
    const overwrite = { ...args, overwrite_output_dir: true };
    const evaluation: TrainingArguments = { ...overwrite, evaluation_strategy: "epoch" };
    const unlabelled = ({ labels: _labels, ...batch }: TrainingBatch) => batch;
    const resumes = { resume_from_checkpoint: true };
    const cases: [Partial<TrainerOptions<TinyExample>>, TrainOptions, string][] = [
      [{ args: overwrite, trainable: /none/ }, {}, "it selects none"],
      [{ args: overwrite, callbacks: [new EarlyStoppingCallback()] }, {}, "Cannot stop early"],
      [{ args: evaluation, eval_dataset: readJsonLines(`${folder}/no`) }, {}, "no such file"],
      [{ args: evaluation, eval_dataset: [] }, {}, "there are no examples"],
      [
        {
          args: evaluation,
          data_collator: (examples) =>
            examples.length === 5 ? unlabelled(collateTiny(examples)) : collateTiny(examples),
        },
        {},
        "labels is undefined",
      ],
      [{ args: { ...args, seed: 7 } }, resumes, "seed was 42"],
      [{ args }, { resume_from_checkpoint: `${folder}/checkpoint-9` }, "no trainer_state.json"],
    ];
    for (const [options, how, message] of cases) {
      const trainer = tinyTrainer(other, options);
      await assertRejects(() => trainer.train(how), Error, message);
      assertEquals(trainer.state.log_history, [], message);
    }
    assertEquals(await parametersOf(other), before);
    assertEquals(await new OutputFolder(folder).checkpoints(), [1, 2]);
    assertEquals(await Deno.readTextFile(`${folder}/metrics.jsonl`), log);
    await tinyTrainer(model, { args: { ...overwrite, save_steps: 2 } }).train();
    assertEquals(await new OutputFolder(folder).checkpoints(), [2]);
  }));

Deno.test("what a callback logs before the first step is in the files, too", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    using model = await loadTiny(backend);
    const evaluate: TrainerCallback = { on_train_begin: async () => void await trainer.evaluate() };
    const trainer = tinyTrainer(model, {
      callbacks: [evaluate],
      args: { output_dir: folder, max_steps: 1 },
    });
    await trainer.train();
    const lines = (await Deno.readTextFile(`${folder}/metrics.jsonl`)).trim().split("\n");
    assertEquals(lines.map((line) => JSON.parse(line)), [...trainer.state.log_history]);
    assert("eval_loss" in trainer.state.log_history[0]);
  }));
