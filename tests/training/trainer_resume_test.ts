/** Trainings that stop and go on. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import { EarlyStoppingCallback } from "../../training/early_stopping.ts";
import type { TrainerCallback, TrainerEvent } from "../../training/trainer_callback.ts";
import type { TrainerState } from "../../training/trainer_state.ts";
import type { TrainingArguments } from "../../training/training_arguments.ts";
import { withFolder } from "../helpers/with_folder.ts";
import "../helpers/quiet_reference.ts";
import { drawExamples, loadTiny, parametersOf, timeless, tinyTrainer } from "./tiny_training.ts";

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

Deno.test("a step whose micro-batches are of several epochs is made again in a run that goes on", () =>
  withFolder(async (folder) => {
    using backend = await openBackend("wasm", { threads: 1 });
    const run = async (output_dir: string, resume: boolean | string) => {
      using model = await loadTiny(backend);
      const trainer = tinyTrainer(model, {
        args: {
          output_dir,
          num_train_epochs: 5,
          gradient_accumulation_steps: 4,
          logging_steps: 1,
          save_strategy: "epoch",
        },
        // Each epoch ends with its first micro-batch, so four of them make a step.
        callbacks: [{
          on_substep_end: (_args, _state, control) => void (control.should_epoch_stop = true),
        }],
      });
      await trainer.train({ resume_from_checkpoint: resume });
      return [timeless(trainer.state.log_history), await parametersOf(model)];
    };
    const whole = await run(`${folder}/a`, false);
    // Saved after three epochs, and after five: one micro-batch since the step.
    for (const step of [0, 1]) {
      assertEquals(await run(`${folder}/b${step}`, `${folder}/a/checkpoint-${step}`), whole);
    }
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
