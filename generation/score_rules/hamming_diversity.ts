/**
 * A rule of groups of beams.
 *
 * @module
 */
import type { Scores } from "./logits_processor.ts";

/**
 * Makes ids that beams of earlier groups picked in this step less likely (Vijayakumar et al., Diverse
 * Beam Search): `z − p` for each of them.
 *
 * @param scores `[V]`: the scores of a beam; changed in place.
 * @param picked The ids that beams of earlier groups of the batch row picked.
 * @param penalty The penalty p.
 */
export function penalizePicked(scores: Scores, picked: readonly number[], penalty: number): void {
  for (const id of picked) scores[id] -= penalty;
}
