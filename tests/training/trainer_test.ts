import { assert, assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModelForMaskedLM, type MaskedLM } from "../../models/mod.ts";
import { Lora } from "../../training/lora/lora.ts";
import { accuracy } from "../../training/metrics.ts";
import {
  EVENTS,
  type TrainerCallback,
  type TrainerControl,
} from "../../training/trainer_callback.ts";
import type { TrainerState } from "../../training/trainer_state.ts";
import { goldenPath } from "../models/golden_models.ts";
import { withFolder } from "../helpers/with_folder.ts";
import "../helpers/quiet_reference.ts";
import { drawExamples, loadTiny, parametersOf, tinyTrainer } from "./tiny_training.ts";

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

Deno.test("a training whose weights are replaced meanwhile fails", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  const replacements: Record<string, (model: MaskedLM) => unknown> = {
    "load_weights()": (model) => model.load_weights(goldenPath("models/lsg_norm")),
    "a new adapter": (model) => Lora.create(model, { r: 2 }),
    "unload()": (model) => (model.parameters.adapter as Lora).unload(),
  };
  for (const [name, replace] of Object.entries(replacements)) {
    using model = await loadTiny(backend);
    if (name === "unload()") await Lora.create(model, { r: 2 });
    const on_step_end = async (_args: unknown, { global_step }: TrainerState) => {
      if (global_step === 2) await replace(model);
    };
    const trainer = tinyTrainer(model, { callbacks: [{ on_step_end }] });
    await assertRejects(() => trainer.train(), Error, "weights were replaced meanwhile");
    assertEquals(trainer.state.global_step, 2);
  }
  assertEquals(backend.memory().tensors, 0);
});

Deno.test("a dataset that could not be read once is read again", async () => {
  using backend = await openBackend("wasm", { threads: 1 });
  using model = await loadTiny(backend);
  let attempts = 0;
  const train_dataset = {
    async *[Symbol.asyncIterator]() {
      if (++attempts === 1) throw new Error("the network failed");
      yield* await Promise.resolve(drawExamples(4));
    },
  };
  const trainer = tinyTrainer(model, { train_dataset, args: { max_steps: 1 } });
  await assertRejects(() => trainer.train(), Error, "the network failed");
  assertEquals((await trainer.train()).global_step, 1);
  // What is left of an iterator is not the dataset.
  async function* onlyOnce() {
    yield* await Promise.resolve(drawExamples(2));
    throw new Error("the network failed");
  }
  const late = tinyTrainer(model, { train_dataset: onlyOnce(), args: { max_steps: 1 } });
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => late.train(), Error, "the network failed");
  }
});
