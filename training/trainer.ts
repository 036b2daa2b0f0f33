/**
 * The Trainer: trains, evaluates and saves a model.
 *
 * @module
 */
import { checkNames, checkOptions, SIGNAL } from "../base/check_options.ts";
import { openFile, replaceFile } from "../checkpoint/disk.ts";
import { hasFileSystem } from "../hub/env.ts";
import type { HiddenStates, PreTrainedModel } from "../models/mod.ts";
import { AdamW } from "./adam_w.ts";
import { evaluateModel } from "./evaluation.ts";
import { type DataCollator, type Dataset, exampleData } from "./example_data.ts";
import { FLOW } from "./flow.ts";
import type { EvalPrediction, MetricsFunction } from "./metrics.ts";
import { loadOptimizer } from "./optimizer_file.ts";
import { OutputFolder, stepOf } from "./output_folder.ts";
import { ProgressCallback, terminalProgress } from "./progress_callback.ts";
import { resolveArguments } from "./resolve_arguments.ts";
import { Tape } from "./tape.ts";
import { selectTrainable, type Trainable } from "./trainable.ts";
import { CallbackList, type TrainerCallback, type TrainerControl } from "./trainer_callback.ts";
import {
  formatState,
  type LogEntry,
  type MutableState,
  parseState,
  type TrainerState,
} from "./trainer_state.ts";
import type { ResolvedArguments, TrainingArguments } from "./training_arguments.ts";
import type { TrainingData } from "./training_data.ts";
import { TrainingLog } from "./training_log.ts";
import { planTraining, type TrainingPlan } from "./training_plan.ts";
import { START, type TrainingSettings } from "./training_position.ts";
import { TrainingRun } from "./training_run.ts";

/** What a trainer works with. */
export interface TrainerOptions<Example> {
  /** The model, which changes. Its backend and the model stay the caller's. */
  readonly model: PreTrainedModel<HiddenStates>;
  /** Examples to train on. */
  readonly train_dataset?: Dataset<Example>;
  /** Examples to evaluate on. */
  readonly eval_dataset?: Dataset<Example>;
  /** Makes a batch of examples. */
  readonly data_collator: DataCollator<Example>;
  /** The parameters that are trained; all if absent. */
  readonly trainable?: Trainable;
  /** Arguments of the training. */
  readonly args?: TrainingArguments;
  /** Computes metrics of an evaluation beside the loss. */
  readonly compute_metrics?: MetricsFunction;
  /** Called on the way. */
  readonly callbacks?: readonly TrainerCallback[];
}

const OPTIONS: readonly (keyof TrainerOptions<unknown>)[] = [
  "model",
  "train_dataset",
  "eval_dataset",
  "data_collator",
  "trainable",
  "args",
  "compute_metrics",
  "callbacks",
];

/** Options of {@linkcode Trainer.train}. */
export interface TrainOptions {
  /** True: goes on from the last checkpoint in `output_dir`; a path: from that one. */
  readonly resume_from_checkpoint?: boolean | string;
  /** Stops the training after a step, with a checkpoint if there is an `output_dir`. */
  readonly signal?: AbortSignal;
}

/** What a training made. */
export interface TrainOutput {
  /** Steps since the training began. */
  readonly global_step: number;
  /** The mean of the losses of all steps. */
  readonly training_loss: number;
  /** What was logged at the end: `train_runtime`, `train_loss`, … */
  readonly metrics: LogEntry;
  /** Whether the signal stopped it before its end. */
  readonly interrupted: boolean;
}

/** What a model predicted. */
export interface PredictionOutput extends EvalPrediction {
  /** Metrics by name. */
  readonly metrics: LogEntry;
}

/** Trains a model. */
export class Trainer<Example> {
  /** The model. */
  readonly model: PreTrainedModel<HiddenStates>;
  /** All arguments. */
  readonly args: ResolvedArguments;
  readonly #options: TrainerOptions<Example>;
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
   * @throws {RangeError} If an argument is out of range, or there is nothing to evaluate on.
   */
  constructor(options: TrainerOptions<Example>) {
    this.#options = checkNames("Cannot make a Trainer", options, OPTIONS);
    if (typeof options.model?.named_parameters !== "function") {
      throw new TypeError("Cannot make a Trainer without a model: wanted one of AutoModelFor…");
    }
    this.model = options.model;
    this.args = resolveArguments(options.args ?? {});
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
    const progress = await this.#progress();
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
  async #progress(): Promise<ProgressCallback | undefined> {
    const isShown = this.#options.callbacks?.some((each) => each instanceof ProgressCallback);
    if (this.args.disable_tqdm || isShown || !hasFileSystem()) return undefined;
    return await terminalProgress();
  }

  async #train(resume: boolean | string, signal: AbortSignal | undefined): Promise<TrainOutput> {
    const { args, model } = this;
    const data = this.#trainData();
    const plan = planTraining(args, data);
    const folder = args.output_dir === undefined ? undefined : new OutputFolder(args.output_dir);
    const checkpoint = await findCheckpoint(folder, resume);
    if (folder) await prepare(folder, checkpoint !== undefined, args.overwrite_output_dir);
    if (checkpoint !== undefined) await model.load_weights(checkpoint);
    const saved = checkpoint === undefined ? undefined : await readState(checkpoint);
    const state = newState(args, plan, saved);
    this.#state = state;
    this.#callbacks.restore(state.stateful_callbacks);
    const parameters = selectTrainable(model, this.#options.trainable ?? "all");
    const settings: TrainingSettings = {
      seed: args.seed,
      per_device_train_batch_size: args.per_device_train_batch_size,
      gradient_accumulation_steps: args.gradient_accumulation_steps,
      group_by_length: args.group_by_length,
      dataloader_drop_last: args.dataloader_drop_last,
      examples: data.examples ?? null,
      trainable: parameters.map(([name]) => name),
    };
    const { backend } = model;
    using tape = new Tape(backend, parameters.map(([, tensor]) => tensor));
    const optimizer = new AdamW(backend, parameters, args);
    try {
      const position = checkpoint === undefined
        ? START
        : await loadOptimizer(checkpoint, optimizer, settings);
      const log = folder && new TrainingLog(folder.path);
      await log?.begin(state.log_history);
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
        optimizer,
        folder,
        log,
        evaluate: () => this.evaluate(),
        signal,
      });
      this.#run = run;
      this.#control = run.control;
      return await this.#finish(run, log);
    } finally {
      optimizer.dispose();
    }
  }

  async #finish(run: TrainingRun, log: TrainingLog | undefined): Promise<TrainOutput> {
    const { args, model } = this;
    const state = this.#state;
    const start = performance.now();
    const first = state.global_step;
    await this.#callbacks.call("on_train_begin", args, state, this.#control, { model });
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
    const best = stepOf(state.best_model_checkpoint);
    if (!run.isInterrupted) {
      if (args.load_best_model_at_end && best !== undefined) {
        await model.load_weights(new OutputFolder(args.output_dir!).pathOf(best));
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
    dataset: Dataset<Example> | undefined = this.#options.eval_dataset,
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
    dataset: Dataset<Example>,
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

  async #evaluate(dataset: Dataset<Example> | undefined, prefix: string, keep: boolean) {
    if (dataset === undefined) throw new RangeError("Cannot evaluate: wanted an eval_dataset");
    const { metrics, prediction } = await evaluateModel(this.model, this.#evalData(dataset), {
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

  #trainData(): TrainingData {
    const { train_dataset, data_collator: collator } = this.#options;
    if (train_dataset === undefined) throw new RangeError("Cannot train: wanted a train_dataset");
    const { per_device_train_batch_size: batchSize, seed, dataloader_drop_last: dropLast } =
      this.args;
    return exampleData(train_dataset, { collator, batchSize, seed, dropLast });
  }

  #evalData(dataset: Dataset<Example>): TrainingData {
    const { data_collator: collator } = this.#options;
    return exampleData(dataset, { collator, batchSize: this.args.per_device_eval_batch_size });
  }
}

function listOf(callbacks: readonly TrainerCallback[]): CallbackList {
  return new CallbackList([FLOW, ...callbacks]);
}

/** The state at the beginning, or that of a checkpoint, with the numbers of steps of this run. */
function newState(
  args: ResolvedArguments,
  plan?: TrainingPlan,
  saved?: MutableState,
): MutableState {
  const { logging_steps, eval_steps, save_steps } = args;
  return {
    epoch: 0,
    global_step: 0,
    num_input_tokens_seen: 0,
    log_history: [],
    best_metric: null,
    best_model_checkpoint: null,
    stateful_callbacks: {},
    ...saved,
    max_steps: plan?.max_steps ?? 0,
    num_train_epochs: plan?.epochs ?? 0,
    train_batch_size: args.per_device_train_batch_size,
    logging_steps,
    eval_steps,
    save_steps,
  };
}

function newControl(): TrainerControl {
  return {
    should_training_stop: false,
    should_epoch_stop: false,
    should_save: false,
    should_evaluate: false,
    should_log: false,
  };
}

/** The checkpoint to resume from, if any. */
async function findCheckpoint(
  folder: OutputFolder | undefined,
  resume: boolean | string,
): Promise<string | undefined> {
  if (typeof resume === "string") return resume;
  if (!resume) return undefined;
  if (!folder) throw new RangeError("Cannot resume: wanted an output_dir, or a checkpoint");
  const last = (await folder.checkpoints()).at(-1);
  if (last !== undefined) return folder.pathOf(last);
  throw new RangeError(`Cannot resume: there is no checkpoint in ${folder.path}`);
}

async function prepare(folder: OutputFolder, resumes: boolean, overwrite: boolean): Promise<void> {
  if (!hasFileSystem()) {
    throw new RangeError("Cannot write to output_dir here: there is no file system, wanted none");
  }
  const [first] = resumes || overwrite ? [] : await folder.checkpoints();
  if (first !== undefined) {
    throw new RangeError(
      `Cannot train into ${folder.path}: it holds checkpoints of a training; wanted ` +
        "resume_from_checkpoint, overwrite_output_dir or another folder",
    );
  }
  await folder.prepare(!resumes && overwrite);
}

async function readState(checkpoint: string): Promise<MutableState> {
  const path = `${checkpoint}/trainer_state.json`;
  const file = await openFile(path);
  if (!file) throw new RangeError(`Cannot resume from ${checkpoint}: it has no trainer_state.json`);
  return parseState(new TextDecoder().decode(await file.read(0, file.size)), path);
}
