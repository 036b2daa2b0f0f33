/**
 * The best continuations of several beams.
 *
 * @module
 */
import type { StepScores } from "./read_scores.ts";

/** A beam and the id that continues it. */
export interface Candidate {
  /** Which of the beams. */
  readonly beam: number;
  /** The id. */
  readonly id: number;
  /** The beam's sum with the id's score. */
  readonly sum: number;
}

/** Scores of a beam's next id. */
export interface ScoredBeam extends StepScores {
  /** Sum of the scores of its ids. */
  readonly sum: number;
}

/**
 * Finds the largest sums; of equal ones those of the lower beam, then of the lower id, come first.
 *
 * @param beams The beams.
 * @param count Most candidates.
 * @returns Candidates in descending order; fewer if fewer are above −∞.
 */
export function topCandidates(beams: readonly ScoredBeam[], count: number): Candidate[] {
  const best: Candidate[] = [];
  let limit = -Infinity;
  beams.forEach(({ sum: before, scores, ids }, beam) => {
    for (let i = 0; i < scores.length; i++) {
      const sum = before + scores[i];
      if (!(sum > limit)) continue;
      let place = best.length;
      while (place > 0 && best[place - 1].sum < sum) place--;
      best.splice(place, 0, { beam, id: ids ? ids[i] : i, sum });
      if (best.length > count) best.pop();
      if (best.length === count) limit = best[count - 1].sum;
    }
  });
  return best;
}
