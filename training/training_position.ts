/**
 * Where a training is.
 *
 * @module
 */
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";

/** Where a training is: what a run that goes on has to know beside parameters and moments. */
export interface TrainingPosition {
  /** The epoch of the next micro-batch. */
  readonly epoch: number;
  /** The next micro-batch of that epoch; 0: the events at the end of the one before are over. */
  readonly batch: number;
  /** Micro-batches since the training began. */
  readonly batches: number;
  /**
   * Micro-batches since the last step: the last ones of the epoch before. Their gradients are not
   * saved but computed again.
   */
  readonly pending: number;
  /** The first of them in that epoch. */
  readonly pending_from: number;
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
  const json = parseJsonObject(text, origin);
  for (const [key, start] of Object.entries(START)) {
    const value = Object.hasOwn(json, key) ? json[key] : undefined;
    const fits = typeof start === "boolean"
      ? typeof value === "boolean"
      : key.endsWith("loss")
      ? Number.isFinite(value)
      : Number.isSafeInteger(value) && Number(value) >= 0;
    if (fits) continue;
    throw new SyntaxError(
      `Cannot read ${origin}: ${key} is ${showValue(value)}, wanted ` +
        (typeof start === "boolean" ? "true or false" : "a number"),
    );
  }
  return json as unknown as TrainingPosition;
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
