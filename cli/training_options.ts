/**
 * The arguments of a training as command-line options.
 *
 * @module
 */
import { resolveArguments } from "../training/resolve_arguments.ts";
import { SCHEDULES } from "../training/schedule.ts";
import {
  ARGUMENT_DEFAULTS,
  INTERVAL_STRATEGIES,
  type TrainingArguments,
} from "../training/training_arguments.ts";
import type { Option } from "./arguments.ts";
import { checkUsage } from "./check_usage.ts";

/** Arguments that the command sets itself. */
type Own = "disable_tqdm" | "output_dir";

/** An option of the matching type for each argument. */
export type TrainingOptions = {
  readonly [Key in Exclude<keyof TrainingArguments, Own>]-?: Option & {
    readonly type: NonNullable<TrainingArguments[Key]> extends number ? "number"
      : NonNullable<TrainingArguments[Key]> extends boolean ? "boolean"
      : "string";
  };
};

const STRATEGIES = INTERVAL_STRATEGIES.join(", ");

/** All of them; absent ones are `undefined`, so that the library's defaults apply. */
export const TRAINING_OPTIONS: TrainingOptions = {
  learning_rate: number("Highest learning rate", "learning_rate"),
  num_train_epochs: number("Passes over the examples", "num_train_epochs"),
  max_steps: option("number", "Updates, in place of --num-train-epochs."),
  per_device_train_batch_size: number("Examples in a pass", "per_device_train_batch_size"),
  gradient_accumulation_steps: number("Passes of an update", "gradient_accumulation_steps"),
  warmup_ratio: number("Part of all updates in which the rate rises", "warmup_ratio"),
  warmup_steps: option("number", "Updates in which the rate rises, in place of --warmup-ratio."),
  lr_scheduler_type: option(
    "string",
    `How the rate falls: ${SCHEDULES.join(", ")} (${ARGUMENT_DEFAULTS.lr_scheduler_type}).`,
  ),
  weight_decay: number("Decay of all but biases and norms", "weight_decay"),
  adam_beta1: number("AdamW's β₁", "adam_beta1"),
  adam_beta2: number("AdamW's β₂", "adam_beta2"),
  adam_epsilon: number("AdamW's ε", "adam_epsilon"),
  max_grad_norm: number("Norm that gradients are clipped to; 0: none", "max_grad_norm"),
  label_smoothing_factor: number(
    "Part of each label that is spread over all classes",
    "label_smoothing_factor",
  ),
  seed: number("Seed of the order, of dropout, masks and new heads", "seed"),
  gradient_checkpointing: option(
    "boolean",
    "Compute layers again on the way back: less memory, a fifth more time (off).",
  ),
  group_by_length: option("boolean", "Put texts of similar length together (off)."),
  dataloader_drop_last: option("boolean", "Leave out the last examples that fill no pass (off)."),
  evaluation_strategy: option(
    "string",
    `When to evaluate: ${STRATEGIES} (epoch if there is an --eval file).`,
  ),
  eval_steps: option("number", "Updates between evaluations (--logging-steps)."),
  per_device_eval_batch_size: number(
    "Examples in a pass of an evaluation",
    "per_device_eval_batch_size",
  ),
  logging_strategy: option("string", `When to log the loss: ${STRATEGIES} (steps).`),
  logging_steps: number("Updates between logs", "logging_steps"),
  logging_first_step: option("boolean", "Log the first update, too (off)."),
  save_strategy: option("string", `When to save a checkpoint: ${STRATEGIES} (epoch).`),
  save_steps: number("Updates between checkpoints", "save_steps"),
  save_total_limit: option(
    "number",
    "Checkpoints that are kept, the best and the last among them (2).",
  ),
  load_best_model_at_end: option("boolean", "Write the best checkpoint's model in the end (off)."),
  metric_for_best_model: option("string", "Metric that decides which is the best (loss)."),
  greater_is_better: option("boolean", "Whether more of that metric is better."),
  overwrite_output_dir: option(
    "boolean",
    "Delete the checkpoints of another training in DIR (off).",
  ),
};

/** Values of these options. */
export type TrainingValues = {
  readonly [Key in keyof TrainingOptions]?: TrainingArguments[Key] | string;
};

/**
 * Converts option values to the arguments of a training.
 *
 * @param values Option values.
 * @param output_dir The folder.
 * @param evaluates Whether there is something to evaluate on.
 * @returns The arguments, checked; the command's own defaults are added.
 * @throws {UsageError} If a value is out of range, or two contradict each other.
 */
export function trainingArguments(
  values: TrainingValues,
  output_dir: string,
  evaluates: boolean,
): TrainingArguments {
  const names = Object.keys(TRAINING_OPTIONS) as (keyof TrainingOptions)[];
  const given = names.filter((name) => values[name] !== undefined);
  const args: TrainingArguments = {
    evaluation_strategy: evaluates ? "epoch" : "no",
    save_strategy: "epoch",
    save_total_limit: 2,
    ...Object.fromEntries(given.map((name) => [name, values[name]])),
    output_dir,
    disable_tqdm: true,
  };
  checkUsage(() => resolveArguments(args));
  return args;
}

function number(
  what: string,
  name: keyof typeof ARGUMENT_DEFAULTS,
): { readonly type: "number"; readonly description: string } {
  return { type: "number", description: `${what} (${ARGUMENT_DEFAULTS[name]}).` };
}

function option<Type extends Option["type"]>(
  type: Type,
  description: string,
): { readonly type: Type; readonly description: string } {
  return { type, description };
}
