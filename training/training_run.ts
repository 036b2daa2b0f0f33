/**
 * A run of a training: from its beginning or from a checkpoint, to its end or to a signal.
 *
 * @module
 */
import { writeNewFile } from "../checkpoint/disk.ts";
import type { HiddenStates, PreTrainedModel } from "../models/mod.ts";
import type { Floats } from "../ops/backend.ts";
import type { AdamW } from "./adam_w.ts";
import { isBetter, metricName } from "./best_metric.ts";
import { lossOf } from "./head_loss.ts";
import { saveOptimizer } from "./optimizer_file.ts";
import { type OutputFolder, stepOf } from "./output_folder.ts";
import { rateFactor } from "./schedule.ts";
import type { Tape } from "./tape.ts";
import type { TrainingBatch } from "./training_batch.ts";
import {
  type CallbackList,
  type CallbackValues,
  newControl,
  type TrainerControl,
  type TrainerEvent,
} from "./trainer_callback.ts";
import { formatState, type LogEntry, type MutableState } from "./trainer_state.ts";
import type { ResolvedArguments } from "./training_arguments.ts";
import { sizeOf } from "./batch_size.ts";
import type { ExampleBatches } from "./data/example_batches.ts";
import type { TrainingLog } from "./training_log.ts";
import type { TrainingPlan } from "./training_plan.ts";
import type { PendingBatches, TrainingPosition, TrainingSettings } from "./training_position.ts";

/** What a run works with. */
export interface RunParts {
  /** The model, for evaluations and checkpoints. */
  readonly model: PreTrainedModel<HiddenStates>;
  /** The arguments. */
  readonly args: ResolvedArguments;
  /** The numbers of steps. */
  readonly plan: TrainingPlan;
  /** The micro-batches. */
  readonly data: ExampleBatches;
  /** What is done so far; changes. */
  readonly state: MutableState;
  /** Where it goes on. */
  readonly position: TrainingPosition;
  /** What a checkpoint says of the settings. */
  readonly settings: TrainingSettings;
  /** Called on the way. */
  readonly callbacks: CallbackList;
  /** Records the passes. */
  readonly tape: Tape;
  /** What is trained. */
  readonly parameters: readonly (readonly [name: string, tensor: Floats])[];
  /** Changes the parameters. */
  readonly optimizer: AdamW;
  /** Holds the checkpoints, if there are any. */
  readonly folder: OutputFolder | undefined;
  /** Holds the log, if there is a folder. */
  readonly log: TrainingLog | undefined;
  /** Evaluates the model, and logs the metrics. */
  readonly evaluate: () => Promise<LogEntry>;
  /** Stops the run after a step. */
  readonly signal: AbortSignal | undefined;
}

/** A run of a training. */
export class TrainingRun {
  /** What happens next. */
  readonly control: TrainerControl;
  readonly #parts: RunParts;
  readonly #view: PreTrainedModel<HiddenStates>;
  readonly #position: { -readonly [Key in keyof TrainingPosition]: TrainingPosition[Key] };
  #stepLoss = 0;
  #examples = 0;
  #tokens = 0;
  #isInterrupted = false;

  /**
   * Prepares a run.
   *
   * @param parts What it works with.
   */
  constructor(parts: RunParts) {
    const { model, tape, state, position } = parts;
    this.#parts = parts;
    this.#view = model.on(tape);
    this.#position = { ...position };
    this.control = newControl();
    this.control.should_training_stop = position.stopped || state.global_step >= state.max_steps;
  }

  /** Whether the signal ended it before its end. */
  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** Examples and tokens of this run. */
  get seen(): { readonly examples: number; readonly tokens: number } {
    return { examples: this.#examples, tokens: this.#tokens };
  }

  /** The mean of the losses of all steps since the training began. */
  get trainLoss(): number {
    const { loss, total_loss } = this.#position;
    return (total_loss + loss) / Math.max(1, this.#parts.state.global_step);
  }

  /**
   * Trains until the end, or until the signal.
   *
   * @throws {RangeError} If a loss or a gradient is not finite, or there is nothing to read.
   * @throws {Error} If the model's weights were replaced meanwhile.
   */
  async run(): Promise<void> {
    const position = this.#position;
    await this.#replay();
    while (position.epoch < this.#parts.plan.epochs && !this.#isInterrupted) {
      // At batch 0 the events of the epoch before are over.
      if (this.control.should_training_stop && position.batch === 0) return;
      await this.#epoch();
    }
  }

  /** Computes the gradients again that the checkpoint's run had summed since its last step. */
  async #replay(): Promise<void> {
    const { args, data } = this.#parts;
    for (const { epoch, from, count } of this.#pendingBatches()) {
      let left = count;
      for await (const batch of data.epoch(epoch, from)) {
        this.#stepLoss += await this.#accumulate(batch) / args.gradient_accumulation_steps;
        if (--left === 0) break;
      }
    }
  }

  /** Micro-batches since the last step, at the end of an epoch. */
  #pendingBatches(): PendingBatches[] {
    const { epoch, pending, pending_from: from, pending_before: before } = this.#position;
    const count = before.reduce((left, each) => left - each.count, pending);
    return count > 0 ? [...before, { epoch: epoch - 1, from, count }] : [...before];
  }

  async #epoch(): Promise<void> {
    const { control } = this;
    const position = this.#position;
    control.should_epoch_stop = false;
    // Those of the epoch before: at its end they were the last ones.
    if (position.batch === 0) position.pending_before = this.#pendingBatches();
    await this.#call("on_epoch_begin");
    if (!control.should_training_stop && !position.epoch_stopped) {
      for await (const batch of this.#parts.data.epoch(position.epoch, position.batch)) {
        await this.#batch(batch);
        if (control.should_training_stop || control.should_epoch_stop || this.#isInterrupted) break;
      }
    }
    if (this.#isInterrupted) return;
    position.epoch_stopped = false;
    const before = position.pending_before.reduce((sum, { count }) => sum + count, 0);
    position.pending_from = position.batch - (position.pending - before);
    position.epoch++;
    position.batch = 0;
    await this.#call("on_epoch_end");
    await this.#logEvaluateSave();
  }

  async #batch(batch: TrainingBatch): Promise<void> {
    const { args, plan, state } = this.#parts;
    const { gradient_accumulation_steps: accumulated } = args;
    const position = this.#position;
    if (position.pending === 0) {
      this.#stepLoss = 0;
      Object.assign(this.control, {
        should_log: false,
        should_evaluate: false,
        should_save: false,
      });
      await this.#call("on_step_begin");
    }
    const loss = await this.#accumulate(batch) / accumulated;
    const { examples, tokens } = sizeOf(batch);
    this.#examples += examples;
    this.#tokens += tokens;
    state.num_input_tokens_seen += tokens;
    this.#stepLoss += loss;
    position.loss += loss;
    position.batch++;
    position.batches++;
    position.pending++;
    // As in transformers, an epoch of fewer micro-batches than a step has ends with a step.
    const isShort = plan.batches <= accumulated && position.batch === plan.batches;
    if (position.batches % accumulated === 0 || isShort) await this.#step();
    else await this.#call("on_substep_end", { loss: this.#meanLoss });
  }

  /** Adds the gradients of a micro-batch; returns its loss. */
  async #accumulate(batch: TrainingBatch): Promise<number> {
    const { args, tape } = this.#parts;
    const result = await lossOf(this.#view, batch, {
      smoothing: args.label_smoothing_factor,
      scale: 1 / args.gradient_accumulation_steps,
    });
    try {
      await tape.backward(...result.seeds);
    } finally {
      result.dispose();
    }
    return result.loss;
  }

  async #step(): Promise<void> {
    const { plan, state, tape, optimizer } = this.#parts;
    const position = this.#position;
    this.#assertSameParameters();
    await optimizer.step(tape.gradients, this.#rate());
    tape.zero();
    const loss = this.#meanLoss;
    position.pending = 0;
    position.pending_before = [];
    state.global_step++;
    state.epoch = position.epoch + position.batch / plan.batches;
    await this.#call("on_step_end", { loss });
    await this.#logEvaluateSave();
  }

  /** Others, which a callback loaded, say, would stay as they are. */
  #assertSameParameters(): void {
    const { model, parameters } = this.#parts;
    const current = new Set(model.named_parameters().map(([, tensor]) => tensor));
    if (parameters.every(([, tensor]) => current.has(tensor))) return;
    throw new Error(
      "Cannot go on training: the model's weights were replaced meanwhile, by load_weights() or an " +
        "adapter that was added or removed",
    );
  }

  /** The mean loss of the step so far. */
  get #meanLoss(): number {
    return this.#stepLoss * this.#parts.args.gradient_accumulation_steps / this.#position.pending;
  }

  /** The learning rate of the next step. */
  #rate(): number {
    const { args, plan, state } = this.#parts;
    const steps = { warmup: plan.warmup, total: plan.max_steps };
    return args.learning_rate * rateFactor(args.lr_scheduler_type, state.global_step, steps);
  }

  async #logEvaluateSave(): Promise<void> {
    const { control } = this;
    const { evaluate, signal, state, folder } = this.#parts;
    if (control.should_log) await this.#logLoss();
    control.should_log = false;
    const metrics = control.should_evaluate ? await evaluate() : undefined;
    control.should_evaluate = false;
    // Behind the evaluation, so that a signal that came in it stops the run now.
    if (signal?.aborted && state.global_step < state.max_steps) {
      this.#isInterrupted = true;
      control.should_save = folder !== undefined;
    }
    if (control.should_save) await this.#save(metrics);
    control.should_save = false;
  }

  async #logLoss(): Promise<void> {
    const { global_step } = this.#parts.state;
    const position = this.#position;
    if (global_step === position.logged_step) return; // the end of an epoch that a step has ended
    const loss = position.loss / (global_step - position.logged_step);
    position.total_loss += position.loss;
    position.loss = 0;
    position.logged_step = global_step;
    await this.log({ loss, learning_rate: this.#rate() });
  }

  /** Adds an entry to the log. */
  async log(metrics: LogEntry): Promise<void> {
    const { state, log } = this.#parts;
    const entry = { ...metrics, epoch: state.epoch, step: state.global_step };
    state.log_history.push(entry);
    await log?.append(entry);
    await this.#call("on_log", { logs: entry });
  }

  async #save(metrics: LogEntry | undefined): Promise<void> {
    const { model, args, state, callbacks, optimizer, settings, folder, log } = this.#parts;
    if (!folder) throw new RangeError("Cannot save a checkpoint: wanted an output_dir");
    const step = state.global_step;
    const checkpoint = folder.pathOf(step);
    this.#findBest(metrics, checkpoint);
    state.stateful_callbacks = callbacks.attributes;
    const { should_training_stop, should_epoch_stop } = this.control;
    this.#position.stopped = should_training_stop && step < state.max_steps;
    this.#position.epoch_stopped = should_epoch_stop && this.#position.batch > 0;
    await folder.save(step, async (path) => {
      await model.save_pretrained(path);
      const { stateful_callbacks } = state;
      await saveOptimizer(path, optimizer, this.#position, settings, stateful_callbacks);
      const text = new TextEncoder().encode(formatState(state));
      await writeNewFile(`${path}/trainer_state.json`, [text]);
    });
    await folder.rotate(args.save_total_limit, stepOf(state.best_model_checkpoint), step);
    await log?.draw(state.log_history);
    await this.#call("on_save", { checkpoint });
  }

  #findBest(metrics: LogEntry | undefined, checkpoint: string): void {
    const { args, state } = this.#parts;
    if (!metrics || args.metric_for_best_model === undefined) return;
    const value = metrics[metricName(args)];
    if (value === undefined) throw new RangeError(noMetric(args, metrics));
    if (state.best_metric !== null && !isBetter(args, value, state.best_metric)) return;
    state.best_metric = value;
    state.best_model_checkpoint = checkpoint;
  }

  /** Calls the callbacks. */
  async #call(event: TrainerEvent, values: Omit<CallbackValues, "model"> = {}): Promise<void> {
    const { callbacks, args, state, model } = this.#parts;
    await callbacks.call(event, args, state, this.control, { model, ...values });
  }
}

function noMetric(args: ResolvedArguments, metrics: LogEntry): string {
  return `Cannot find the best model: there is no metric ${metricName(args)}, wanted one of ` +
    Object.keys(metrics).join(", ");
}
