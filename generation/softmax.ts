/**
 * Softmax over scores of which some are −∞, in float64.
 *
 * @module
 */
import type { Scores } from "./score_rules/logits_processor.ts";

/**
 * Computes `log Σ exp(xᵢ)`.
 *
 * @param scores Numbers or −∞, at least one finite.
 * @returns The logarithm of the sum.
 */
export function logSum(scores: Scores): number {
  const largest = largestOf(scores);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += Math.exp(scores[i] - largest);
  return largest + Math.log(sum);
}

/**
 * Computes `exp(xᵢ) / Σ exp(xⱼ)`.
 *
 * @param scores Numbers or −∞, at least one finite.
 * @returns Probabilities, one a score; 0 for −∞.
 */
export function probabilities(scores: Scores): Float64Array {
  const largest = largestOf(scores);
  const shares = new Float64Array(scores.length);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += shares[i] = Math.exp(scores[i] - largest);
  for (let i = 0; i < scores.length; i++) shares[i] /= sum;
  return shares;
}

function largestOf(scores: Scores): number {
  let largest = -Infinity;
  for (let i = 0; i < scores.length; i++) if (scores[i] > largest) largest = scores[i];
  return largest;
}

/**
 * Lists the ids whose scores are not −∞.
 *
 * @param scores `[V]`.
 * @returns Ids, ascending.
 */
export function possibleIds(scores: Scores): number[] {
  const ids: number[] = [];
  for (let id = 0; id < scores.length; id++) if (scores[id] > -Infinity) ids.push(id);
  return ids;
}

/**
 * Returns whether no id is possible.
 *
 * @param scores `[V]`.
 * @returns True if all are −∞.
 */
export function isImpossible(scores: Scores): boolean {
  for (const score of scores) if (score !== -Infinity) return false;
  return true;
}
