/**
 * Which evaluation is the best.
 *
 * @module
 */
import type { ResolvedArguments } from "./training_arguments.ts";

/** The arguments that decide. */
type Deciding = Pick<ResolvedArguments, "greater_is_better" | "metric_for_best_model">;

/**
 * The name that the metric which decides has among those of an evaluation.
 *
 * @param args The arguments.
 * @returns `eval_` and the name; `eval_loss` if none is given.
 */
export function metricName({ metric_for_best_model: name = "loss" }: Deciding): string {
  return name.startsWith("eval_") ? name : `eval_${name}`;
}

/**
 * Tells whether a value of that metric is better than another one.
 *
 * @param args The arguments.
 * @param value The value.
 * @param best The other one.
 * @returns Whether it is greater, or less where less is better.
 */
export function isBetter({ greater_is_better }: Deciding, value: number, best: number): boolean {
  return greater_is_better ? value > best : value < best;
}
