/**
 * Reads what a step needs of the scores, and applies the rules.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import type { GenerationRun } from "./generation_run.ts";
import { readScores } from "./read_scores.ts";

/** A row whose scores are wanted. */
export interface WantedRow {
  /** Which row of the batch it continues. */
  readonly batch: number;
  /** Its ids. */
  readonly ids: readonly number[];
  /** Which row of the logits is its own. */
  readonly source: number;
}

/** Reads the scores of a step's rows. */
export class StepReader {
  readonly #run: GenerationRun;
  readonly #isLog: boolean;

  /** @param run The call. */
  constructor(run: GenerationRun) {
    this.#run = run;
    this.#isLog = run.settings.num_beams > 1;
  }

  /**
   * Reads scores and applies the rules.
   *
   * @param logits `[rows, V]`.
   * @param rows The rows whose scores are wanted.
   * @returns The scores of each, `[V]`.
   */
  async read(logits: Floats, rows: readonly WantedRow[]): Promise<Float64Array[]> {
    const scores = await this.readRaw(logits, rows);
    rows.forEach(({ batch, ids }, i) => this.#run.applyRules(batch, ids, scores[i]));
    return scores;
  }

  /**
   * Reads scores without rules.
   *
   * @param logits `[rows, V]`.
   * @param rows The rows whose scores are wanted.
   * @returns The scores of each, `[V]`.
   */
  async readRaw(logits: Floats, rows: readonly WantedRow[]): Promise<Float64Array[]> {
    const all = await readScores(logits, this.#isLog);
    return rows.map(({ source }) => all[source].slice());
  }
}
