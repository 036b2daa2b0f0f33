/**
 * Functions from a classifier's scores to the reported ones.
 *
 * @module
 */
import type { ModelConfig } from "../families/model_config.ts";
import { assertScores, softmax } from "../tensor/softmax.ts";

/** Functions that are applied to scores, by name. */
export const SCORE_FUNCTIONS: Readonly<
  Record<"softmax" | "sigmoid" | "none", (scores: Float32Array) => Float64Array>
> = {
  softmax: (scores) => softmax(Float64Array.from(scores)),
  sigmoid,
  none(scores) {
    assertScores(scores);
    return Float64Array.from(scores);
  },
};

/** Name of a score function. */
export type ScoreFunction = keyof typeof SCORE_FUNCTIONS;

/**
 * Computes `1 / (1 + exp(−xᵢ))`, independently for each label.
 *
 * @param scores Finite numbers, at least one.
 * @returns Probabilities, one per score.
 * @throws {RangeError} If there are no scores, or one is not finite.
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
 * Chooses the function by a model's config.
 *
 * @param config Config of a model that classifies sequences.
 * @returns `none` for regression, `sigmoid` for multi-label problems and a single label, otherwise
 * `softmax`.
 */
export function scoreFunctionOf({ raw, id2label }: ModelConfig): ScoreFunction {
  if (raw.problem_type === "regression") return "none";
  const isMultiLabel = raw.problem_type === "multi_label_classification";
  return isMultiLabel || id2label.length === 1 ? "sigmoid" : "softmax";
}
