/**
 * Stops a training that does not get better.
 *
 * @module
 */
import { checkOptions, countFrom } from "../base/check_options.ts";
import { showName } from "../base/show_value.ts";
import { isBetter, metricName } from "./best_metric.ts";
import type { CallbackValues, TrainerCallback, TrainerControl } from "./trainer_callback.ts";
import type { TrainerState } from "./trainer_state.ts";
import type { ResolvedArguments } from "./training_arguments.ts";

/** Options of {@linkcode EarlyStoppingCallback}. */
export interface EarlyStoppingOptions {
  /** Evaluations in a row that may be no better than the best one; 1. */
  readonly early_stopping_patience?: number;
  /** Differences up to this one are none; 0. */
  readonly early_stopping_threshold?: number;
}

/**
 * Stops a training when `metric_for_best_model` has not become better for some evaluations. It needs
 * `load_best_model_at_end`.
 *
 * @example
 * ```ts
 * import { EarlyStoppingCallback } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const callback = new EarlyStoppingCallback({ early_stopping_patience: 2 });
 * assertEquals(callback.attributes, { early_stopping_patience_counter: 0 });
 * ```
 */
export class EarlyStoppingCallback implements TrainerCallback {
  /** Name in a checkpoint. */
  readonly name = "EarlyStoppingCallback";
  readonly #patience: number;
  readonly #threshold: number;
  #counter = 0;

  /**
   * Makes a callback.
   *
   * @param options Patience and threshold.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If a value is out of range.
   */
  constructor(options: EarlyStoppingOptions = {}) {
    const checked = checkOptions("Cannot stop early", options, {
      early_stopping_patience: countFrom(1),
      early_stopping_threshold: {
        type: "number",
        wanted: "a finite number ≥ 0",
        accepts: (value) => Number.isFinite(value) && Number(value) >= 0,
      },
    });
    this.#patience = checked.early_stopping_patience ?? 1;
    this.#threshold = checked.early_stopping_threshold ?? 0;
  }

  /** The evaluations in a row that were no better. */
  get attributes(): Readonly<Record<string, number>> {
    return { early_stopping_patience_counter: this.#counter };
  }

  set attributes({ early_stopping_patience_counter: counter }: Readonly<Record<string, number>>) {
    this.#counter = counter ?? 0;
  }

  /** Asserts that there is a best model. */
  on_train_begin(args: ResolvedArguments): void {
    if (args.load_best_model_at_end) return;
    throw new RangeError(
      "Cannot stop early without load_best_model_at_end: wanted load_best_model_at_end: true and " +
        'an evaluation_strategy other than "no"',
    );
  }

  /** Compares an evaluation with the best one. */
  on_evaluate(
    args: ResolvedArguments,
    { best_metric }: TrainerState,
    control: TrainerControl,
    { metrics = {} }: CallbackValues,
  ): void {
    // An evaluation with another metric_key_prefix, of test data, say.
    if (metrics.eval_loss === undefined) return;
    const name = metricName(args);
    const value = metrics[name];
    if (value === undefined) {
      throw new RangeError(
        `Cannot stop early: there is no metric ${showName(name, 60)}, wanted one of ` +
          Object.keys(metrics).join(", "),
      );
    }
    const better = best_metric === null ||
      (isBetter(args, value, best_metric) && Math.abs(value - best_metric) > this.#threshold);
    this.#counter = better ? 0 : this.#counter + 1;
    if (this.#counter >= this.#patience) control.should_training_stop = true;
  }
}
