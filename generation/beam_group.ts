/**
 * A search by beams: the rows whose sums of scores are the largest.
 *
 * @module
 */
import type { Random } from "../tensor/random.ts";
import { drawSeveral } from "./draw.ts";
import { Hypotheses } from "./hypotheses.ts";
import type { StepScores } from "./read_scores.ts";
import { isImpossible, probabilities } from "./softmax.ts";
import { type Candidate, type ScoredBeam, topCandidates } from "./top_candidates.ts";

/** A row that is searched on. */
export interface Beam {
  /** Its ids. */
  readonly ids: readonly number[];
  /** Sum of the scores of its generated ids. */
  readonly sum: number;
  /** Place in the cache of the keys and values of all its ids but the last. */
  place: number;
  /** The scores from which its last id was chosen. */
  readonly scores?: Float64Array;
}

/** How beams are searched. */
export interface BeamOptions {
  /** Number of beams, K, in this group. */
  readonly size: number;
  /** The ids that end a row. */
  readonly ends: ReadonlySet<number>;
  /** Number of ids that a row starts with. */
  readonly start: number;
  /** The most that it may have. */
  readonly length: number;
  /** Exponent of the length by which sums are divided. */
  readonly lengthPenalty: number;
  /** When the search is over. */
  readonly earlyStopping: boolean | "never";
  /** Draws candidates, instead of taking the best. */
  readonly random?: Random;
}

/** Sum of all beams but the first at the start, so that they do not all choose the same. */
const LATE = -1e9;

/** A group of beams; a search without groups has one. */
export class BeamGroup {
  /** The rows that are searched on. */
  beams: Beam[];
  /** The best finished rows. */
  readonly hypotheses: Hypotheses;
  /** Whether the search is over. */
  isDone = false;
  readonly #options: BeamOptions;

  /**
   * Starts a search.
   *
   * @param ids What all beams start with.
   * @param place Place in the cache of the start.
   * @param options How beams are searched.
   */
  constructor(ids: readonly number[], place: number, options: BeamOptions) {
    const { size, random } = options;
    this.#options = options;
    this.hypotheses = new Hypotheses(size);
    this.beams = Array.from(
      { length: size },
      (_, i) => ({ ids, place, sum: i === 0 || random ? 0 : LATE }),
    );
  }

  /**
   * Continues the beams by one id.
   *
   * @param scores The scores of each beam.
   * @returns The ids that continue the new beams.
   */
  advance(scores: readonly StepScores[]): number[] {
    const { size, ends, start } = this.#options;
    const scored = this.beams.map(({ sum }, i) => ({ sum, ...scores[i] }));
    const candidates = this.#findCandidates(scored);
    const generated = this.beams[0].ids.length + 1 - start;
    const beams: Beam[] = [];
    for (const [rank, { beam, id, sum }] of candidates.entries()) {
      const { ids, place } = this.beams[beam];
      if (ends.has(id)) {
        if (rank < size) this.#close({ ids, end: id, sum, place }, generated);
      } else beams.push({ ids: [...ids, id], sum, place, scores: scores[beam].scores });
      if (beams.length === size) break;
    }
    this.beams = beams;
    this.isDone = beams.length === 0 || this.#isDecided(candidates[0].sum, generated);
    return beams.map(({ ids }) => ids[ids.length - 1]);
  }

  /** Ends the search: beams that are still open become hypotheses. */
  close(): void {
    if (this.isDone) return;
    for (const beam of this.beams) this.#close(beam, beam.ids.length - this.#options.start);
    this.isDone = true;
  }

  #findCandidates(beams: readonly ScoredBeam[]): Candidate[] {
    const { size, ends, random } = this.#options;
    if (!random) return topCandidates(beams, size, ends);
    if (beams.every(({ scores }) => isImpossible(scores))) return [];
    const width = beams[0].scores.length;
    const sums = new Float64Array(beams.length * width);
    beams.forEach(({ sum, scores }, i) => sums.set(scores.map((score) => sum + score), i * width));
    return drawSeveral(probabilities(sums), 2 * size, random)
      .map((index) => {
        const beam = Math.floor(index / width);
        const place = index % width;
        return { beam, id: beams[beam].ids?.[place] ?? place, sum: sums[index] };
      })
      .sort((a, b) => b.sum - a.sum);
  }

  #close({ ids, end, sum, place }: Beam & { readonly end?: number }, generated: number): void {
    // 0/0 for forced ids under a penalty that underflows.
    const score = sum === 0 ? 0 : sum / generated ** this.#options.lengthPenalty;
    this.hypotheses.add({ ids, ...(end !== undefined && { end }), score, place });
  }

  /** Whether no open beam can become better than the worst hypothesis, or none is awaited. */
  #isDecided(best: number, generated: number): boolean {
    const { earlyStopping, lengthPenalty, length, start } = this.#options;
    if (!this.hypotheses.isFull) return false;
    if (earlyStopping === true) return true;
    const isLongest = earlyStopping === "never" && lengthPenalty > 0;
    const reach = isLongest ? length - start : generated;
    return this.hypotheses.worst >= best / reach ** lengthPenalty;
  }
}
