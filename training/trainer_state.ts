/**
 * What a training has done so far, with the keys of transformers' `trainer_state.json`.
 *
 * @module
 */
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import type { ResolvedArguments } from "./training_arguments.ts";
import type { TrainingPlan } from "./training_plan.ts";

/** A line of the log: metrics by name, with `step` and `epoch`. */
export type LogEntry = Readonly<Record<string, number>>;

/** What a training has done so far. */
export interface TrainerState {
  /** Epochs so far, with a fraction. */
  readonly epoch: number;
  /** Steps so far: updates of the parameters. */
  readonly global_step: number;
  /** Steps that the training will make. */
  readonly max_steps: number;
  /** Epochs that it will begin. */
  readonly num_train_epochs: number;
  /** Examples of a micro-batch. */
  readonly train_batch_size: number;
  /** Steps between logs. */
  readonly logging_steps: number;
  /** Steps between evaluations. */
  readonly eval_steps: number;
  /** Steps between checkpoints. */
  readonly save_steps: number;
  /** Tokens that the model has seen, padding left out. */
  readonly num_input_tokens_seen: number;
  /** Everything that was logged. */
  readonly log_history: readonly LogEntry[];
  /** The best value so far of the metric that decides; null: none yet. */
  readonly best_metric: number | null;
  /** The checkpoint that had it. */
  readonly best_model_checkpoint: string | null;
  /** What callbacks have to remember, by their names. */
  readonly stateful_callbacks: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The state while it changes. */
export type MutableState =
  & { -readonly [Key in keyof TrainerState]: TrainerState[Key] }
  & { log_history: LogEntry[] };

/**
 * The state at the beginning, or that of a checkpoint, with the numbers of steps of this run.
 *
 * @param args The arguments of this run.
 * @param plan Its steps.
 * @param saved The state of the checkpoint.
 * @returns The state.
 */
export function newState(
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

/** Keys that transformers reads, for trainings in several processes or in a search. */
const CONSTANTS = {
  is_hyper_param_search: false,
  is_local_process_zero: true,
  is_world_process_zero: true,
  total_flos: 0,
  trial_name: null,
  trial_params: null,
} as const;

/** Most values in a file: a million lines of log. */
const MAX_VALUES = 2 ** 23;

/**
 * Formats a state as `trainer_state.json`, without what callbacks remember: transformers 4.36 refuses
 * the key. It is in `optimizer.safetensors`.
 *
 * @param state The state.
 * @returns JSON, keys sorted.
 */
export function formatState(state: TrainerState): string {
  const { stateful_callbacks: _, ...saved } = state;
  const entries = Object.entries({ ...saved, ...CONSTANTS });
  const sorted = Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

/**
 * Reads a `trainer_state.json`.
 *
 * @param text The file.
 * @param origin Its name, for messages.
 * @returns The state.
 * @throws {SyntaxError} If it is not JSON, or a key is missing or of the wrong type.
 */
export function parseState(text: string, origin: string): MutableState {
  const json = parseJsonObject(text, origin, MAX_VALUES);
  const read = <Value>(key: string, wanted: string, fits: (value: unknown) => boolean): Value => {
    const value = Object.hasOwn(json, key) ? json[key] : undefined;
    if (fits(value)) return value as Value;
    throw new SyntaxError(`Cannot read ${origin}: ${key} is ${showValue(value)}, wanted ${wanted}`);
  };
  const count = (key: string) => read<number>(key, "a whole number ≥ 0", isCount);
  return {
    epoch: read("epoch", "a number ≥ 0", (value) => isFinite(value) && Number(value) >= 0),
    global_step: count("global_step"),
    max_steps: count("max_steps"),
    num_train_epochs: count("num_train_epochs"),
    train_batch_size: count("train_batch_size"),
    logging_steps: count("logging_steps"),
    eval_steps: count("eval_steps"),
    save_steps: count("save_steps"),
    num_input_tokens_seen: count("num_input_tokens_seen"),
    log_history: read(
      "log_history",
      "a list of objects with finite numbers",
      (value) => Array.isArray(value) && value.every(hasNumbers),
    ),
    best_metric: read(
      "best_metric",
      "a finite number or null",
      (value) => value === null || isFinite(value),
    ),
    best_model_checkpoint: read(
      "best_model_checkpoint",
      "a path or null",
      (value) => value === null || typeof value === "string",
    ),
    // Earlier versions wrote it here.
    stateful_callbacks: read<TrainerState["stateful_callbacks"] | undefined>(
      "stateful_callbacks",
      "objects with finite numbers",
      (value) =>
        value === undefined || (isJsonObject(value) && Object.values(value).every(hasNumbers)),
    ) ?? {},
  };
}

/**
 * Reads what callbacks remember.
 *
 * @param text JSON: numbers by their names, by the callbacks' names.
 * @param origin Its file, for messages.
 * @returns The same.
 * @throws {SyntaxError} If it is not JSON, or holds something else.
 */
export function parseCallbacks(text: string, origin: string): TrainerState["stateful_callbacks"] {
  const json = parseJsonObject(text, origin);
  if (Object.values(json).every(hasNumbers)) return json as TrainerState["stateful_callbacks"];
  throw new SyntaxError(
    `Cannot read ${origin}: stateful_callbacks is ${
      showValue(json)
    }, wanted objects with finite numbers`,
  );
}

function isFinite(value: unknown): boolean {
  return Number.isFinite(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function hasNumbers(value: unknown): boolean {
  return isJsonObject(value) && Object.values(value).every(isFinite);
}
