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
 *
 * @example
 * ```ts
 * import { penalizePicked } from "./hamming_diversity.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Float32Array(3);
 * penalizePicked(scores, [1, 1, 2], 0.5);
 * assertEquals([...scores], [0, -1, -0.5]);
 * ```
 */
export function penalizePicked(scores: Scores, picked: readonly number[], penalty: number): void {
  for (const id of picked) scores[id] -= penalty;
}
