/** What is refused before a training begins. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { openBackend } from "../../device.ts";
import { EarlyStoppingCallback } from "../../training/early_stopping.ts";
import { readJsonLines } from "../../training/data/mod.ts";
import { OutputFolder } from "../../training/output_folder.ts";
import type { TrainerOptions, TrainOptions } from "../../training/trainer_options.ts";
import type { TrainingBatch } from "../../training/training_batch.ts";
import type { TrainingArguments } from "../../training/training_arguments.ts";
import { withFolder } from "../helpers/with_folder.ts";
import "../helpers/quiet_reference.ts";
import {
  collateTiny,
  loadTiny,
  parametersOf,
  type TinyExample,
  tinyTrainer,
} from "./tiny_training.ts";

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
    const output_dir = `${folder}/another`;
    const refused = tinyTrainer(other, { args: { ...evaluation, output_dir }, eval_dataset: [] });
    await assertRejects(() => refused.train(), Error, "there are no examples");
    await assertRejects(() => Deno.stat(output_dir), Deno.errors.NotFound);
    assertEquals(await parametersOf(other), before);
    assertEquals(await new OutputFolder(folder).checkpoints(), [1, 2]);
    assertEquals(await Deno.readTextFile(`${folder}/metrics.jsonl`), log);
    await tinyTrainer(model, { args: { ...overwrite, save_steps: 2 } }).train();
    assertEquals(await new OutputFolder(folder).checkpoints(), [2]);
  }));
