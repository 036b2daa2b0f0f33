/**
 * Scores to probabilities.
 *
 * @module
 */

/**
 * Computes `exp(xᵢ) / Σ exp(xⱼ)`.
 *
 * @param scores Finite numbers, at least one.
 * @returns Probabilities, one per score; they sum to 1.
 * @throws {RangeError} If there are no scores, or one is not finite.
 *
 * @example
 * ```ts
 * import { softmax } from "@lsg/core/pipelines";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...softmax(new Float32Array([7, 7]))], [0.5, 0.5]);
 * ```
 */
export function softmax(scores: Float32Array): Float64Array {
  assertScores(scores);
  const maximum = scores.reduce((a, b) => Math.max(a, b));
  const weights = Float64Array.from(scores, (score) => Math.exp(score - maximum));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * Asserts that scores are finite.
 *
 * @param scores Scores of a model.
 * @throws {RangeError} If there are no scores, or one is not finite.
 */
export function assertScores(scores: Float32Array): void {
  const unusable = scores.find((score) => !Number.isFinite(score));
  if (scores.length === 0 || unusable !== undefined) {
    throw new RangeError(
      `Cannot make probabilities of ${unusable ?? "no scores"}: wanted finite numbers`,
    );
  }
}
