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
 * Finds the largest sums, and as many more as it takes to have `count` whose ids do not end a row; of
 * equal sums those of the lower beam, then of the lower id, come first.
 *
 * @param beams The beams.
 * @param count Number of candidates that do not end a row.
 * @param ends The ids that end a row; their candidates count only among the first `count` of all.
 * @returns At most `2·count` candidates in descending order; fewer if fewer are above −∞.
 */
export function topCandidates(
  beams: readonly ScoredBeam[],
  count: number,
  ends: ReadonlySet<number> = new Set(),
): Candidate[] {
  let best: Candidate[] = [];
  let limit = -Infinity;
  const trim = () => {
    let open = 0;
    // The sort is stable: of equal sums the one found first stays in front.
    best = best.sort((a, b) => b.sum - a.sum)
      .filter(({ id }, rank) => ends.has(id) ? rank < count : open++ < count);
    if (open >= count) limit = best[best.length - 1].sum;
  };
  beams.forEach(({ sum: before, scores, ids }, beam) => {
    for (let i = 0; i < scores.length; i++) {
      const sum = before + scores[i];
      if (!(sum > limit)) continue;
      best.push({ beam, id: ids ? ids[i] : i, sum });
      if (best.length >= 4 * count + 64) trim();
    }
  });
  trim();
  return best;
}
