/**
 * What a training calls on its way.
 *
 * @module
 */
import type { HiddenStates, PreTrainedModel } from "../models/mod.ts";
import type { LogEntry, TrainerState } from "./trainer_state.ts";
import type { ResolvedArguments } from "./training_arguments.ts";

/** What happens next; callbacks may change it. */
export interface TrainerControl {
  /** Whether the training stops after this step. */
  should_training_stop: boolean;
  /** Whether the epoch stops after this step. */
  should_epoch_stop: boolean;
  /** Whether a checkpoint is saved now. */
  should_save: boolean;
  /** Whether the model is evaluated now. */
  should_evaluate: boolean;
  /** Whether the loss is logged now. */
  should_log: boolean;
}

/** Nothing happens next, but the training goes on. */
export function newControl(): TrainerControl {
  return {
    should_training_stop: false,
    should_epoch_stop: false,
    should_save: false,
    should_evaluate: false,
    should_log: false,
  };
}

/** What an event is about. */
export interface CallbackValues {
  /** The model. */
  readonly model: PreTrainedModel<HiddenStates>;
  /** Of `on_substep_end` and `on_step_end`: the mean loss of the step so far. */
  readonly loss?: number;
  /** Of `on_prediction_step`: the batches of an evaluation so far. */
  readonly batch?: number;
  /** Of `on_prediction_step`: all its batches. */
  readonly batches?: number;
  /** Of `on_log`: the entry. */
  readonly logs?: LogEntry;
  /** Of `on_evaluate`: the metrics. */
  readonly metrics?: LogEntry;
  /** Of `on_save`: the folder of the checkpoint. */
  readonly checkpoint?: string;
}

/** A method of a callback; the training waits for it. */
export type CallbackMethod = (
  args: ResolvedArguments,
  state: TrainerState,
  control: TrainerControl,
  values: CallbackValues,
) => void | Promise<void>;

/** The names of the events, in the order of a training. */
export const EVENTS = [
  "on_train_begin",
  "on_epoch_begin",
  "on_step_begin",
  "on_substep_end",
  "on_step_end",
  "on_epoch_end",
  "on_log",
  "on_prediction_step",
  "on_evaluate",
  "on_save",
  "on_train_end",
] as const;

/** The name of an event. */
export type TrainerEvent = typeof EVENTS[number];

/**
 * What a training calls on its way, with the names of transformers' `TrainerCallback`. All methods
 * may be absent.
 *
 * @example Stops a training when the loss is small enough
 * ```ts
 * import type { TrainerCallback } from "@lsg/core";
 * import { assert } from "@std/assert";
 *
 * const stopAt: TrainerCallback = {
 *   on_log(_args, _state, control, { logs }) {
 *     if (logs?.loss !== undefined && logs.loss < 0.1) control.should_training_stop = true;
 *   },
 * };
 * assert(stopAt.on_log);
 * ```
 */
export interface TrainerCallback extends Partial<Record<TrainerEvent, CallbackMethod>> {
  /** Name in a checkpoint; without one nothing of it is saved. */
  readonly name?: string;
  /** What it has to remember: saved with a checkpoint, set again when the training is resumed. */
  attributes?: Readonly<Record<string, number>>;
}

/** The callbacks of a training. */
export class CallbackList {
  readonly #callbacks: readonly TrainerCallback[];

  /**
   * Makes a list.
   *
   * @param callbacks The callbacks, called in this order.
   * @throws {TypeError} If one is not an object with a method of an event.
   */
  constructor(callbacks: readonly TrainerCallback[]) {
    const wrong = callbacks.findIndex((callback) =>
      typeof callback !== "object" || callback === null ||
      !EVENTS.some((event) => typeof callback[event] === "function")
    );
    if (wrong >= 0) {
      throw new TypeError(
        `Cannot train with callback ${wrong}: wanted an object with a method such as on_log`,
      );
    }
    this.#callbacks = callbacks;
  }

  /** Calls a method of all callbacks, one after the other. */
  async call(event: TrainerEvent, ...values: Parameters<CallbackMethod>): Promise<void> {
    for (const callback of this.#callbacks) await callback[event]?.(...values);
  }

  /** What the callbacks have to remember, by their names. */
  get attributes(): TrainerState["stateful_callbacks"] {
    return Object.fromEntries(
      this.#callbacks.flatMap(({ name, attributes }) =>
        name !== undefined && attributes ? [[name, { ...attributes }]] : []
      ),
    );
  }

  /** Sets what they have to remember. */
  restore(saved: TrainerState["stateful_callbacks"]): void {
    for (const callback of this.#callbacks) {
      const { name } = callback;
      if (name !== undefined && Object.hasOwn(saved, name)) callback.attributes = saved[name];
    }
  }
}
