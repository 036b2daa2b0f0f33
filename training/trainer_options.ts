/**
 * What a trainer takes and returns.
 *
 * @module
 */
import { CALLBACK, type OptionCheck } from "../base/check_options.ts";
import { showValue } from "../base/show_value.ts";
import type { HiddenStates, PreTrainedModel } from "../models/mod.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { Collator } from "./data/collator.ts";
import type { Example } from "./data/example.ts";
import type { BatchMaker } from "./data/example_batches.ts";
import type { ExampleFile } from "./data/example_file.ts";
import type { EvalPrediction, MetricsFunction } from "./metrics.ts";
import type { Trainable } from "./trainable.ts";
import type { TrainerCallback } from "./trainer_callback.ts";
import type { LogEntry } from "./trainer_state.ts";
import type { ResolvedArguments, TrainingArguments } from "./training_arguments.ts";
import type { TrainingBatch } from "./training_batch.ts";

/** Makes a batch of examples. */
export type DataCollator<Of extends object = Example> = (
  examples: readonly Of[],
) => TrainingBatch | Promise<TrainingBatch>;

/** Examples: a list, a file, or an iterable, which is read into memory once. */
export type Dataset<Of extends object = Example> = Iterable<Of> | AsyncIterable<Of> | ExampleFile;

/** What a trainer works with. */
export interface TrainerOptions<Of extends object = Example> {
  /** The model, which changes. Its backend and the model stay the caller's. */
  readonly model: PreTrainedModel<HiddenStates>;
  /** Examples to train on. */
  readonly train_dataset?: Dataset<Of>;
  /** Examples to evaluate on. */
  readonly eval_dataset?: Dataset<Of>;
  /** The model's tokenizer; without one the examples are token ids. */
  readonly tokenizer?: PreTrainedTokenizer;
  /**
   * Makes a batch of examples: a {@linkcode Collator} with options of its own, or a function; a
   * `Collator` without options if absent.
   */
  readonly data_collator?: Collator | DataCollator<Of>;
  /** The parameters that are trained; all if absent. */
  readonly trainable?: Trainable;
  /** Arguments of the training. */
  readonly args?: TrainingArguments;
  /** Computes metrics of an evaluation beside the loss. */
  readonly compute_metrics?: MetricsFunction;
  /** Called on the way. */
  readonly callbacks?: readonly TrainerCallback[];
}

/** The checks of these options; those without one are checked where they are used. */
export const TRAINER_OPTIONS: {
  readonly [Name in keyof Required<TrainerOptions>]: OptionCheck | undefined;
} = {
  model: undefined,
  train_dataset: undefined,
  eval_dataset: undefined,
  tokenizer: undefined,
  data_collator: undefined,
  trainable: undefined,
  args: undefined,
  compute_metrics: CALLBACK,
  callbacks: { type: "object", wanted: "an array of callbacks", accepts: Array.isArray },
};

/** Options of {@linkcode Trainer.train}. */
export interface TrainOptions {
  /** True: goes on from the last checkpoint in `output_dir`; a path: from that one. */
  readonly resume_from_checkpoint?: boolean | string;
  /** Stops the training after a step or an epoch, with a checkpoint if there is an `output_dir`. */
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

/**
 * What makes the batches of a trainer.
 *
 * @param options The model, its tokenizer, the collator that was given.
 * @param args The seed of hidden words.
 * @returns The given one, or a {@linkcode Collator}.
 * @throws {TypeError} If it is neither a collator nor a function.
 */
export function collatorOf<Of extends object>(
  { model, tokenizer, data_collator }: TrainerOptions<Of>,
  { seed }: ResolvedArguments,
): BatchMaker {
  if (data_collator instanceof Collator) return data_collator;
  if (data_collator === undefined) return new Collator(model, tokenizer, { seed });
  if (typeof data_collator !== "function") {
    throw new TypeError(
      `Cannot make batches with ${showValue(data_collator)}: wanted a Collator or a function`,
    );
  }
  return {
    collateLocated: async (examples) => {
      const batch = await data_collator(examples.map(({ value }) => value as Of));
      if (typeof batch === "object" && batch !== null) return batch;
      throw new TypeError(
        `Cannot use a batch: data_collator returned ${showValue(batch)}, wanted { input_ids, … }`,
      );
    },
  };
}
