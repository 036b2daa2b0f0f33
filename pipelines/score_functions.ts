/**
 * What becomes of a classifier's scores.
 *
 * @module
 */
import type { ModelConfig } from "../checkpoint/config.ts";
import { assertScores, softmax } from "./softmax.ts";

/** Functions from scores to what is reported. */
export const SCORE_FUNCTIONS: Readonly<
  Record<"softmax" | "sigmoid" | "none", (scores: Float32Array) => Float64Array>
> = {
  softmax,
  sigmoid,
  none(scores) {
    assertScores(scores);
    return Float64Array.from(scores);
  },
};

/** One of their names. */
export type ScoreFunction = keyof typeof SCORE_FUNCTIONS;

/**
 * `1 / (1 + exp(−xᵢ))`: each label for itself.
 *
 * @param scores Any finite numbers, one at least.
 * @returns As many probabilities.
 * @throws {RangeError} If there are none, or one is not finite.
 *
 * @example
 * ```ts
 * import { sigmoid } from "@lsg/core/pipelines";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...sigmoid(new Float32Array([0, 1000]))], [0.5, 1]);
 * ```
 */
export function sigmoid(scores: Float32Array): Float64Array {
  assertScores(scores);
  return Float64Array.from(scores, (score) => 1 / (1 + Math.exp(-score)));
}

/**
 * The function that a config asks for.
 *
 * @param config Of a model that classifies sequences.
 * @returns `none` for a regression, `sigmoid` for several labels at once or a single one, else
 * `softmax`.
 */
export function scoreFunctionOf({ raw, id2label }: ModelConfig): ScoreFunction {
  if (raw.problem_type === "regression") return "none";
  const isMultiLabel = raw.problem_type === "multi_label_classification";
  return isMultiLabel || id2label.length === 1 ? "sigmoid" : "softmax";
}
