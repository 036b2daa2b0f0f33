/**
 * Checks of a training's arguments.
 *
 * @module
 */
import {
  assertObject,
  checkOptions,
  countFrom,
  FLAG,
  givenOptions,
  oneOf,
  type OptionCheck,
  TEXT,
} from "../base/check_options.ts";
import { findClosest } from "../base/closest.ts";
import { showName } from "../base/show_value.ts";
import { SCHEDULES } from "./schedule.ts";
import {
  ARGUMENT_DEFAULTS,
  INTERVAL_STRATEGIES,
  type ResolvedArguments,
  type TrainingArguments,
} from "./training_arguments.ts";

/** Arguments of transformers that this trainer has no counterpart of, with the reason. */
const REFUSED: readonly (readonly [names: RegExp, reason: string])[] = [
  [/^(fp16|bf16|tf32|half_precision)/, "parameters are trained in float32"],
  [/^(optim|optim_args|adafactor)$/, "the optimizer is AdamW"],
  [/^(hub_|push_to_hub)/, "nothing is uploaded"],
  [/^(report_to|run_name|logging_dir)$/, "callbacks get the logs, and output_dir holds them"],
  [/^(deepspeed|fsdp|ddp_|local_rank|tpu_|sharded_ddp)/, "one device trains"],
  [
    /^(no_cuda|use_cpu|use_ipex|use_mps_device|torch_compile|jit_mode_eval)/,
    "the model's device trains",
  ],
  [/^data_seed$/, "seed decides the order of the examples, too"],
  [/^auto_find_batch_size$/, "wanted per_device_train_batch_size"],
  [/^neftune_noise_alpha$/, "embeddings are trained without noise"],
  [/^(include_tokens_per_second|include_num_input_tokens_seen)$/, "tokens are always counted"],
  [/^dataloader_(num_workers|pin_memory)/, "examples are read by the process that trains"],
];

const FRACTION: OptionCheck = {
  type: "number",
  wanted: "a number from 0 to 1",
  accepts: (value) => Number(value) >= 0 && Number(value) <= 1,
};

const BELOW_ONE: OptionCheck = {
  type: "number",
  wanted: "a number ≥ 0 and below 1",
  accepts: (value) => Number(value) >= 0 && Number(value) < 1,
};

const NOT_NEGATIVE: OptionCheck = {
  type: "number",
  wanted: "a finite number ≥ 0",
  accepts: (value) => Number.isFinite(value) && Number(value) >= 0,
};

const POSITIVE: OptionCheck = {
  type: "number",
  wanted: "a finite number above 0",
  accepts: (value) => Number.isFinite(value) && Number(value) > 0,
};

const CHECKS: { readonly [Name in keyof Required<TrainingArguments>]: OptionCheck } = {
  output_dir: { ...TEXT, wanted: "a folder", accepts: (value) => value !== "" },
  overwrite_output_dir: FLAG,
  learning_rate: NOT_NEGATIVE,
  per_device_train_batch_size: countFrom(1),
  per_device_eval_batch_size: countFrom(1),
  gradient_accumulation_steps: countFrom(1),
  num_train_epochs: POSITIVE,
  max_steps: {
    type: "number",
    wanted: "a whole number ≥ 1, or -1",
    accepts: (value) => value === -1 || (Number.isSafeInteger(value) && Number(value) >= 1),
  },
  warmup_ratio: FRACTION,
  warmup_steps: countFrom(0),
  weight_decay: NOT_NEGATIVE,
  adam_beta1: BELOW_ONE,
  adam_beta2: BELOW_ONE,
  adam_epsilon: POSITIVE,
  max_grad_norm: { ...NOT_NEGATIVE, nullable: true },
  lr_scheduler_type: oneOf(SCHEDULES),
  label_smoothing_factor: FRACTION,
  seed: {
    type: "number",
    wanted: "a whole number from 0 to 4294967295",
    accepts: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32,
  },
  evaluation_strategy: oneOf(INTERVAL_STRATEGIES),
  eval_steps: countFrom(1),
  save_strategy: oneOf(INTERVAL_STRATEGIES),
  save_steps: countFrom(1),
  save_total_limit: countFrom(1),
  logging_strategy: oneOf(INTERVAL_STRATEGIES),
  logging_steps: countFrom(1),
  logging_first_step: FLAG,
  load_best_model_at_end: FLAG,
  metric_for_best_model: { ...TEXT, wanted: "a name", accepts: (value) => value !== "" },
  greater_is_better: FLAG,
  gradient_checkpointing: FLAG,
  group_by_length: FLAG,
  dataloader_drop_last: FLAG,
  disable_tqdm: FLAG,
};

const ACTION = "Cannot train";

/**
 * Checks arguments and adds the defaults.
 *
 * @param given The arguments given; null means absent, of `max_grad_norm` no clipping, as in
 * transformers.
 * @returns All arguments.
 * @throws {TypeError} If an argument is unknown, cannot be followed, or is of the wrong type.
 * @throws {RangeError} If a value is out of range, or two arguments contradict each other.
 */
export function resolveArguments(given: TrainingArguments): ResolvedArguments {
  assertObject(ACTION, given);
  const unknown = Object.keys(givenOptions(given)).find((name) => !Object.hasOwn(CHECKS, name));
  if (unknown !== undefined) throw new TypeError(describeUnknown(unknown));
  const args = { ...ARGUMENT_DEFAULTS, ...checkOptions(ACTION, given, CHECKS) };
  const { output_dir, load_best_model_at_end, metric_for_best_model } = args;
  const metric = metric_for_best_model ?? (load_best_model_at_end ? "loss" : undefined);
  const resolved: ResolvedArguments = {
    ...args,
    max_grad_norm: args.max_grad_norm ?? 0,
    save_strategy: args.save_strategy ?? (output_dir === undefined ? "no" : "steps"),
    eval_steps: args.eval_steps ?? args.logging_steps,
    metric_for_best_model: metric,
    greater_is_better: args.greater_is_better ?? !/(^|_)loss$/.test(metric ?? "loss"),
  };
  checkTogether(resolved);
  return resolved;
}

function describeUnknown(name: string): string {
  const shown = showName(name, 60);
  const reason = REFUSED.find(([names]) => names.test(name))?.[1];
  if (reason !== undefined) return `${ACTION} with ${shown}: ${reason}`;
  const similar = findClosest(name.slice(0, 60), Object.keys(CHECKS));
  return `${ACTION} with an unknown argument ${shown}: ` +
    (similar ? `did you mean ${similar}?` : `wanted ${Object.keys(CHECKS).join(", ")}`);
}

function checkTogether(args: ResolvedArguments): void {
  const { output_dir, evaluation_strategy, save_strategy, save_steps, eval_steps } = args;
  if (save_strategy !== "no" && output_dir === undefined) {
    throw new RangeError(
      `${ACTION} with save_strategy "${save_strategy}" and no output_dir: wanted a folder to save to`,
    );
  }
  if (!args.load_best_model_at_end) return;
  const wanted = `${ACTION} with load_best_model_at_end and`;
  if (evaluation_strategy === "no" || evaluation_strategy !== save_strategy) {
    throw new RangeError(
      `${wanted} evaluation_strategy "${evaluation_strategy}", save_strategy "${save_strategy}": ` +
        'wanted the same, "steps" or "epoch"',
    );
  }
  if (save_strategy === "steps" && save_steps % eval_steps !== 0) {
    throw new RangeError(
      `${wanted} save_steps ${save_steps}, eval_steps ${eval_steps}: wanted a multiple, so that ` +
        "each checkpoint is evaluated",
    );
  }
}
