/**
 * Where a training is.
 *
 * @module
 */
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";

/** Micro-batches since the last step, of one epoch. */
export interface PendingBatches {
  /** The epoch. */
  readonly epoch: number;
  /** The first one in it. */
  readonly from: number;
  /** Their number. */
  readonly count: number;
}

/** Where a training is: what a run that goes on has to know beside parameters and moments. */
export interface TrainingPosition {
  /** The epoch of the next micro-batch. */
  readonly epoch: number;
  /** The next micro-batch of that epoch; 0: the events at the end of the one before are over. */
  readonly batch: number;
  /** Micro-batches since the training began. */
  readonly batches: number;
  /**
   * Micro-batches since the last step: the last ones of the epoch before, behind those of
   * {@linkcode pending_before}. Their gradients are not saved but computed again.
   */
  readonly pending: number;
  /** The first of them in that epoch. */
  readonly pending_from: number;
  /** Those of epochs before that one, which callbacks ended early. */
  readonly pending_before: readonly PendingBatches[];
  /** Sum of the losses since the last log. */
  readonly loss: number;
  /** Sum of all losses before. */
  readonly total_loss: number;
  /** Steps until the last log. */
  readonly logged_step: number;
  /** Whether a callback has ended the training. */
  readonly stopped: boolean;
  /** Whether a callback has ended the epoch. */
  readonly epoch_stopped: boolean;
}

/** Where a training begins. */
export const START: TrainingPosition = {
  epoch: 0,
  batch: 0,
  batches: 0,
  pending: 0,
  pending_from: 0,
  pending_before: [],
  loss: 0,
  total_loss: 0,
  logged_step: 0,
  stopped: false,
  epoch_stopped: false,
};

/** What a run that goes on must have as the run before, or it would go on with something else. */
export interface TrainingSettings {
  /** Seed of the order and of dropout. */
  readonly seed: number;
  /** Examples of a micro-batch. */
  readonly per_device_train_batch_size: number;
  /** Micro-batches of a step. */
  readonly gradient_accumulation_steps: number;
  /** Whether texts of similar length share a batch. */
  readonly group_by_length: boolean;
  /** Whether the last micro-batch is left out if it is not full. */
  readonly dataloader_drop_last: boolean;
  /** Examples of an epoch. */
  readonly examples: number;
  /** The names of the parameters that are trained. */
  readonly trainable: readonly string[];
}

/**
 * Reads a position.
 *
 * @param text JSON.
 * @param origin Its file, for messages.
 * @returns The position.
 * @throws {SyntaxError} If it is not JSON, or a key is missing or of the wrong type.
 */
export function parsePosition(text: string, origin: string): TrainingPosition {
  const json: Record<string, unknown> = parseJsonObject(text, origin);
  json.pending_before ??= []; // earlier files have none
  for (const [key, start] of Object.entries(START)) {
    const value = Object.hasOwn(json, key) ? json[key] : undefined;
    const [fits, wanted] = typeof start === "boolean"
      ? [typeof value === "boolean", "true or false"]
      : Array.isArray(start)
      ? [Array.isArray(value) && value.every(isPending), "a list of { epoch, from, count }"]
      : [key.endsWith("loss") ? Number.isFinite(value) : isCount(value), "a number"];
    if (fits) continue;
    throw new SyntaxError(
      `Cannot read ${origin}: ${key} is ${showValue(value)}, wanted ${wanted}`,
    );
  }
  return json as unknown as TrainingPosition;
}

function isPending(value: unknown): boolean {
  return isJsonObject(value) && [value.epoch, value.from, value.count].every(isCount);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * Asserts that a run goes on with the settings of the run before.
 *
 * @param text The settings of that run, as JSON.
 * @param settings The settings now.
 * @param origin The file, for messages.
 * @throws {SyntaxError} If it is not JSON.
 * @throws {RangeError} If a setting is another one.
 */
export function checkSettings(text: string, settings: TrainingSettings, origin: string): void {
  const saved: unknown = parseJsonObject(text, origin);
  for (const [key, value] of Object.entries(settings)) {
    const before = isJsonObject(saved) && Object.hasOwn(saved, key) ? saved[key] : undefined;
    if (JSON.stringify(before) === JSON.stringify(value)) continue;
    throw new RangeError(
      `Cannot resume from ${origin}: ${key} was ${showValue(before)} and is ${showValue(value)} ` +
        "now; wanted the same",
    );
  }
}
