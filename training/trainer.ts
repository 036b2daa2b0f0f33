/**
 * The Trainer: trains, evaluates and saves a model.
 *
 * @module
 */
import { checkOptions, SIGNAL } from "../base/check_options.ts";
import { replaceFile } from "../checkpoint/disk.ts";
import { hasFileSystem } from "../hub/env.ts";
import type { HiddenStates, PreTrainedModel } from "../models/mod.ts";
import { AdamW } from "./adam_w.ts";
import { type BatchMaker, type ExampleBatches, exampleBatches } from "./data/example_batches.ts";
import type { Example } from "./data/example.ts";
import type { ExampleData } from "./data/examples.ts";
import { evaluateModel } from "./evaluation.ts";
import { assertBatchFits, assertEvaluable } from "./first_batch.ts";
import { FLOW } from "./flow.ts";
import { openOptimizer } from "./optimizer_file.ts";
import { OutputFolder } from "./output_folder.ts";
import { ProgressCallback, terminalProgress } from "./progress_callback.ts";
import { Rereader } from "./reread.ts";
import { resolveArguments } from "./resolve_arguments.ts";
import { checkFolder, findBest, findCheckpoint, readState } from "./resume.ts";
import { Tape } from "./tape.ts";
import { selectTrainable } from "./trainable.ts";
import {
  CallbackList,
  newControl,
  type TrainerCallback,
  type TrainerControl,
} from "./trainer_callback.ts";
import {
  collatorOf,
  type Dataset,
  type PredictionOutput,
  TRAINER_OPTIONS,
  type TrainerOptions,
  type TrainOptions,
  type TrainOutput,
} from "./trainer_options.ts";
import {
  formatState,
  type LogEntry,
  type MutableState,
  newState,
  type TrainerState,
} from "./trainer_state.ts";
import type { ResolvedArguments } from "./training_arguments.ts";
import { TrainingLog } from "./training_log.ts";
import { planTraining } from "./training_plan.ts";
import { START, type TrainingSettings } from "./training_position.ts";
import { TrainingRun } from "./training_run.ts";

/**
 * Trains a model, with the names, defaults and files of transformers' `Trainer`.
 *
 * In `output_dir` are `checkpoint-N`, folders that transformers loads and from which a training goes
 * on, bit for bit as if it had not been stopped; `metrics.jsonl`, `curves.svg` and
 * `trainer_state.json`. Without it nothing is written: callbacks get the logs, and the model has the
 * result.
 *
 * @example
 * ```ts
 * import { accuracy, AutoModelForSequenceClassification, Trainer } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForSequenceClassification.from_pretrained(
 *   "google-bert/bert-base-uncased",
 *   { id2label: ["short", "long"] },
 * );
 * const trainer = new Trainer({
 *   model,
 *   train_dataset: [
 *     { input_ids: [2, 5, 3], label: "short" },
 *     { input_ids: [2, 5, 6, 7, 8, 3], label: "long" },
 *   ],
 *   compute_metrics: accuracy,
 *   args: { learning_rate: 1e-3, max_steps: 2 },
 * });
 * const { global_step } = await trainer.train();
 * assertEquals(global_step, 2);
 * ```
 */
export class Trainer<Of extends object = Example> {
  /** The model. */
  readonly model: PreTrainedModel<HiddenStates>;
  /** All arguments. */
  readonly args: ResolvedArguments;
  readonly #options: TrainerOptions<Of>;
  readonly #collator: BatchMaker;
  readonly #datasets = new Rereader();
  #callbacks: CallbackList;
  #state: MutableState;
  #control: TrainerControl = newControl();
  #run: TrainingRun | undefined;
  #isTraining = false;

  /**
   * Makes a trainer.
   *
   * @param options Model, data, arguments.
   * @throws {TypeError} If an option or an argument is unknown or of the wrong type.
   * @throws {RangeError} If an option or an argument is out of range.
   */
  constructor(options: TrainerOptions<Of>) {
    this.#options = checkOptions("Cannot make a Trainer", options, TRAINER_OPTIONS);
    if (typeof options.model?.named_parameters !== "function") {
      throw new TypeError("Cannot make a Trainer without a model: wanted one of AutoModelFor…");
    }
    this.model = options.model;
    this.args = resolveArguments(options.args ?? {});
    this.#collator = collatorOf(options, this.args);
    this.#callbacks = listOf(options.callbacks ?? []);
    this.#state = newState(this.args);
  }

  /** What the training has done so far. */
  get state(): TrainerState {
    return this.#state;
  }

  /**
   * Trains the model, from its beginning or from a checkpoint.
   *
   * @param options Whether to resume; the signal.
   * @returns Steps, loss and metrics.
   * @throws {Error} If the model's weights are replaced meanwhile, by a callback, say.
   */
  async train(options: TrainOptions = {}): Promise<TrainOutput> {
    const { resume_from_checkpoint: resume = false, signal } = checkOptions(
      "Cannot train",
      options,
      {
        resume_from_checkpoint: { type: ["boolean", "string"], wanted: "true, false or a folder" },
        signal: SIGNAL,
      },
    );
    if (this.#isTraining) throw new Error("Cannot train: this trainer is training already");
    signal?.throwIfAborted();
    this.#isTraining = true;
    const progress = this.#progress();
    try {
      if (progress) this.#callbacks = listOf([progress, ...this.#options.callbacks ?? []]);
      return await this.#train(resume, signal);
    } finally {
      progress?.on_train_end();
      this.#isTraining = false;
      this.#run = undefined;
    }
  }

  /** Shows progress on a terminal, unless it is not wanted or shown otherwise. */
  #progress(): ProgressCallback | undefined {
    const isShown = this.#options.callbacks?.some((each) => each instanceof ProgressCallback);
    if (this.args.disable_tqdm || isShown || !hasFileSystem()) return undefined;
    return terminalProgress();
  }

  async #train(resume: boolean | string, signal: AbortSignal | undefined): Promise<TrainOutput> {
    const { args, model } = this;
    if (args.evaluation_strategy !== "no" && this.#options.eval_dataset === undefined) {
      throw new RangeError(
        `Cannot train with evaluation_strategy "${args.evaluation_strategy}": wanted an eval_dataset`,
      );
    }
    const data = await this.#trainData();
    const plan = planTraining(args, data);
    const folder = args.output_dir === undefined ? undefined : new OutputFolder(args.output_dir);
    const checkpoint = await findCheckpoint(folder, resume);
    const isResumed = checkpoint !== undefined;
    if (folder) await checkFolder(folder, isResumed || args.overwrite_output_dir);
    const saved = isResumed ? await readState(checkpoint) : undefined;
    const state = newState(args, plan, saved);
    const select = () => selectTrainable(model, this.#options.trainable ?? "all");
    const selected = select();
    await assertBatchFits(model, selected.map(([, tensor]) => tensor), data, args);
    if (args.evaluation_strategy !== "no") {
      const evalData = await this.#evalData(this.#options.eval_dataset!);
      await assertEvaluable(model, evalData, args.label_smoothing_factor);
    }
    const settings: TrainingSettings = {
      seed: args.seed,
      per_device_train_batch_size: args.per_device_train_batch_size,
      gradient_accumulation_steps: args.gradient_accumulation_steps,
      group_by_length: args.group_by_length,
      dataloader_drop_last: args.dataloader_drop_last,
      examples: data.examples,
      trainable: selected.map(([name]) => name),
    };
    // These checks come before the weights are loaded: a checkpoint that they refuse leaves the model as
    // it was. Malformed weights or moments do not.
    const savedOptimizer = isResumed ? await openOptimizer(checkpoint, settings) : undefined;
    if (isResumed) await model.load_weights(checkpoint);
    this.#state = state;
    state.stateful_callbacks = savedOptimizer?.callbacks ?? state.stateful_callbacks;
    this.#callbacks.restore(state.stateful_callbacks);
    const position = savedOptimizer?.position ?? START;
    const { backend } = model;
    const parameters = select(); // loading replaces tensors
    const optimizer = new AdamW(backend, parameters, args);
    let tape: Tape | undefined;
    try {
      await savedOptimizer?.restore(optimizer);
      tape = new Tape(backend, parameters.map(([, tensor]) => tensor), {
        checkpoint: args.gradient_checkpointing,
        // The passes since the last step run again.
        dropout: { seed: args.seed, call: position.batches - position.pending },
      });
      const log = folder && new TrainingLog(folder.path);
      const run = new TrainingRun({
        model,
        args,
        plan,
        data,
        state,
        position,
        settings,
        callbacks: this.#callbacks,
        tape,
        parameters,
        optimizer,
        folder,
        log,
        evaluate: () => this.evaluate(),
        signal,
      });
      this.#run = run;
      this.#control = run.control;
      // Nothing is made, and nothing of another training deleted, until everything is checked.
      await folder?.prepare();
      await this.#callbacks.call("on_train_begin", args, state, this.#control, { model });
      if (args.overwrite_output_dir && !isResumed) await folder?.clear();
      await log?.begin(state.log_history);
      return await this.#finish(run, log);
    } finally {
      tape?.dispose();
      optimizer.dispose();
    }
  }

  async #finish(run: TrainingRun, log: TrainingLog | undefined): Promise<TrainOutput> {
    const { args, model } = this;
    const state = this.#state;
    const start = performance.now();
    const first = state.global_step;
    await run.run();
    const runtime = (performance.now() - start) / 1000;
    const metrics = {
      train_runtime: runtime,
      train_samples_per_second: run.seen.examples / runtime,
      train_steps_per_second: (state.global_step - first) / runtime,
      train_tokens_per_second: run.seen.tokens / runtime,
      train_loss: run.trainLoss,
    };
    const output = {
      global_step: state.global_step,
      training_loss: run.trainLoss,
      metrics,
      interrupted: run.isInterrupted,
    };
    if (!run.isInterrupted) {
      if (args.load_best_model_at_end && state.best_model_checkpoint !== null) {
        await model.load_weights(await findBest(args.output_dir!, state.best_model_checkpoint));
      }
      await run.log(metrics);
    }
    if (log) {
      await log.draw(state.log_history);
      await replaceFile(`${args.output_dir}/trainer_state.json`, [
        new TextEncoder().encode(formatState(state)),
      ]);
    }
    await this.#callbacks.call("on_train_end", args, state, this.#control, { model });
    return output;
  }

  /**
   * Evaluates the model, and logs the metrics.
   *
   * @param dataset The examples; `eval_dataset` if absent.
   * @param metric_key_prefix Before the names of the metrics; `"eval"` if absent.
   * @returns `eval_loss`, those of `compute_metrics`, `eval_runtime`, …
   * @throws {RangeError} If there are no examples, or a metric is not a finite number.
   */
  async evaluate(
    dataset: Dataset<Of> | undefined = this.#options.eval_dataset,
    metric_key_prefix = "eval",
  ): Promise<LogEntry> {
    const { metrics } = await this.#evaluate(dataset, metric_key_prefix, false);
    await this.#log(metrics);
    await this.#callbacks.call("on_evaluate", this.args, this.#state, this.#control, {
      model: this.model,
      metrics,
    });
    return metrics;
  }

  /**
   * Runs the model on examples with labels.
   *
   * @param dataset The examples.
   * @param metric_key_prefix Before the names of the metrics; `"test"` if absent.
   * @returns Scores, labels and metrics.
   * @throws {RangeError} If there are no examples, or a metric is not a finite number.
   */
  async predict(
    dataset: Dataset<Of>,
    metric_key_prefix = "test",
  ): Promise<PredictionOutput> {
    const { metrics, prediction } = await this.#evaluate(dataset, metric_key_prefix, true);
    return { ...prediction!, metrics };
  }

  /**
   * Saves the model as a folder that `from_pretrained` loads, here and in transformers.
   *
   * @param folder The folder; `output_dir` if absent.
   * @throws {RangeError} If there is none, or it holds a checkpoint.
   */
  async save_model(folder: string | undefined = this.args.output_dir): Promise<void> {
    if (folder === undefined) throw new RangeError("Cannot save the model: wanted a folder");
    await this.model.save_pretrained(folder);
  }

  async #evaluate(dataset: Dataset<Of> | undefined, prefix: string, keep: boolean) {
    if (dataset === undefined) throw new RangeError("Cannot evaluate: wanted an eval_dataset");
    const { metrics, prediction } = await evaluateModel(this.model, await this.#evalData(dataset), {
      smoothing: this.args.label_smoothing_factor,
      compute_metrics: this.#options.compute_metrics,
      keep,
      on_batch: (batch, batches) =>
        this.#callbacks.call("on_prediction_step", this.args, this.#state, this.#control, {
          model: this.model,
          batch,
          batches,
        }),
    });
    const named = Object.entries(metrics).map(([name, value]) =>
      [name.startsWith(`${prefix}_`) ? name : `${prefix}_${name}`, value] as const
    );
    return { metrics: Object.fromEntries(named), prediction };
  }

  /** Logs metrics: in a training to its files, too. */
  async #log(metrics: LogEntry): Promise<void> {
    if (this.#run) return await this.#run.log(metrics);
    const entry = { ...metrics, epoch: this.#state.epoch, step: this.#state.global_step };
    this.#state.log_history.push(entry);
    await this.#callbacks.call("on_log", this.args, this.#state, this.#control, {
      model: this.model,
      logs: entry,
    });
  }

  async #trainData(): Promise<ExampleBatches> {
    const { train_dataset } = this.#options;
    if (train_dataset === undefined) throw new RangeError("Cannot train: wanted a train_dataset");
    const examples = await this.#datasets.read(train_dataset as ExampleData);
    return await exampleBatches(examples, this.#collator, {
      name: "train_dataset",
      batch_size: this.args.per_device_train_batch_size,
      seed: this.args.seed,
      group_by_length: this.args.group_by_length,
      gradient_accumulation_steps: this.args.gradient_accumulation_steps,
      drop_last: this.args.dataloader_drop_last,
    });
  }

  async #evalData(dataset: Dataset<Of>): Promise<ExampleBatches> {
    const examples = await this.#datasets.read(dataset as ExampleData);
    return await exampleBatches(examples, this.#collator, {
      name: dataset === this.#options.eval_dataset ? "eval_dataset" : "dataset",
      batch_size: this.args.per_device_eval_batch_size,
    });
  }
}

function listOf(callbacks: readonly TrainerCallback[]): CallbackList {
  return new CallbackList([FLOW, ...callbacks]);
}
