/**
 * Arguments of a training, with the names and defaults of transformers' `TrainingArguments` (4.36).
 *
 * @module
 */
import type { AdamWOptions } from "./adam_w.ts";
import type { ScheduleName } from "./schedule.ts";

/** When something happens: never, every so many updates, or at the end of each epoch. */
export type IntervalStrategy = typeof INTERVAL_STRATEGIES[number];

/** The strategies. */
export const INTERVAL_STRATEGIES = ["no", "steps", "epoch"] as const;

/** Arguments of a training. A step is an update of the parameters. */
export interface TrainingArguments extends AdamWOptions {
  /** Folder of checkpoints, metrics and curves; absent: nothing is written. */
  readonly output_dir?: string;
  /** Whether a new training deletes the checkpoints of another one in that folder; false. */
  readonly overwrite_output_dir?: boolean;
  /** Highest learning rate; 5e-5. */
  readonly learning_rate?: number;
  /** Examples of a micro-batch; 8. */
  readonly per_device_train_batch_size?: number;
  /** Examples of a batch of an evaluation; 8. */
  readonly per_device_eval_batch_size?: number;
  /** Micro-batches of a step, whose gradients are averaged; 1. */
  readonly gradient_accumulation_steps?: number;
  /** Passes over the examples, not necessarily whole ones; 3. */
  readonly num_train_epochs?: number;
  /** Steps, in place of `num_train_epochs`; −1: as many as those ask for. */
  readonly max_steps?: number;
  /** Part of all steps in which the learning rate rises from 0; 0. */
  readonly warmup_ratio?: number;
  /** Steps in which the learning rate rises, in place of `warmup_ratio` if above 0; 0. */
  readonly warmup_steps?: number;
  /** How the learning rate falls; `"linear"`. */
  readonly lr_scheduler_type?: ScheduleName;
  /** Part of each label that is spread over all classes; 0. */
  readonly label_smoothing_factor?: number;
  /** Seed of the order of the examples, of dropout and of masks; 42. */
  readonly seed?: number;
  /** When to evaluate; `"no"`. */
  readonly evaluation_strategy?: IntervalStrategy;
  /** Steps between evaluations; `logging_steps` if absent. */
  readonly eval_steps?: number;
  /** When to save a checkpoint; `"steps"`, without an `output_dir` `"no"`. */
  readonly save_strategy?: IntervalStrategy;
  /** Steps between checkpoints; 500. */
  readonly save_steps?: number;
  /** Checkpoints that are kept, among them the best and the last; absent: all. */
  readonly save_total_limit?: number;
  /** When to log the loss; `"steps"`. */
  readonly logging_strategy?: IntervalStrategy;
  /** Steps between logs; 500. */
  readonly logging_steps?: number;
  /** Whether the first step is logged, too; false. */
  readonly logging_first_step?: boolean;
  /** Whether the model gets the parameters of the best checkpoint at the end; false. */
  readonly load_best_model_at_end?: boolean;
  /** The metric that decides what is best; `"loss"` with `load_best_model_at_end`. */
  readonly metric_for_best_model?: string;
  /** Whether more of it is better; true unless it is a loss. */
  readonly greater_is_better?: boolean;
  /** Whether layers run again on the way back, which saves memory and costs time; false. */
  readonly gradient_checkpointing?: boolean;
  /** Whether texts of similar length share a batch, which saves padding; false. */
  readonly group_by_length?: boolean;
  /** Whether the last micro-batch of an epoch is left out if it is not full; false. */
  readonly dataloader_drop_last?: boolean;
  /** Whether no progress is shown on a terminal; false. */
  readonly disable_tqdm?: boolean;
}

/** Arguments with their defaults. */
export interface ResolvedArguments extends
  Required<
    Omit<TrainingArguments, "metric_for_best_model" | "output_dir" | "save_total_limit">
  >,
  Pick<TrainingArguments, "metric_for_best_model" | "output_dir" | "save_total_limit"> {}

/** Defaults that depend on no other argument. */
export const ARGUMENT_DEFAULTS = {
  overwrite_output_dir: false,
  learning_rate: 5e-5,
  per_device_train_batch_size: 8,
  per_device_eval_batch_size: 8,
  gradient_accumulation_steps: 1,
  num_train_epochs: 3,
  max_steps: -1,
  warmup_ratio: 0,
  warmup_steps: 0,
  weight_decay: 0,
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1e-8,
  max_grad_norm: 1,
  lr_scheduler_type: "linear",
  label_smoothing_factor: 0,
  seed: 42,
  evaluation_strategy: "no",
  save_steps: 500,
  logging_strategy: "steps",
  logging_steps: 500,
  logging_first_step: false,
  load_best_model_at_end: false,
  gradient_checkpointing: false,
  group_by_length: false,
  dataloader_drop_last: false,
  disable_tqdm: false,
} as const satisfies TrainingArguments;
