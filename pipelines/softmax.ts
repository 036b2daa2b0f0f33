/**
 * Scores to probabilities.
 *
 * @module
 */

/**
 * `exp(xᵢ) / Σ exp(xⱼ)`.
 *
 * @param scores Any finite numbers.
 * @returns As many probabilities; they sum to 1.
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
  const maximum = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = Float64Array.from(scores, (score) => Math.exp(score - maximum));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
