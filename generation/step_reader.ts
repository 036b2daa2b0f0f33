/**
 * Reads what a step needs of the scores, and applies the rules.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import { MOST_SCORES } from "../ops/top_scores.ts";
import type { GenerationRun } from "./generation_run.ts";
import { readScores, readTopScores } from "./read_scores.ts";
import type { ResolvedSettings } from "./resolved_settings.ts";
import { nthLargest } from "./score_rules/top_k.ts";

/** A row whose scores are wanted. */
export interface WantedRow {
  /** Which row of the batch it continues. */
  readonly batch: number;
  /** Its ids. */
  readonly ids: readonly number[];
  /** Which row of the logits is its own. */
  readonly source: number;
}

/** Candidates beyond those needed, for ids that would repeat an n-gram. */
const SPARE = 8;

/** Reads the scores of a step's rows: all, or as many of the best as the step needs. */
export class StepReader {
  readonly #run: GenerationRun;
  readonly #isLog: boolean;
  /** How many of the best suffice; 0 if all are needed. */
  readonly #needed: number;
  /** How many more are read, because rules ban some. */
  readonly #spare: number;

  /**
   * Decides how scores are read.
   *
   * @param run The call.
   */
  constructor(run: GenerationRun) {
    const { settings } = run;
    this.#run = run;
    this.#isLog = settings.num_beams > 1;
    const needed = canChoose(run) ? candidatesOf(settings) : 0;
    this.#spare = sparesOf(settings);
    const isFew = needed + this.#spare <= Math.min(MOST_SCORES, run.width - 1);
    this.#needed = isFew ? needed : 0;
  }

  /**
   * Reads scores and applies the rules.
   *
   * @param logits `[rows, V]`.
   * @param rows The rows whose scores are wanted.
   * @returns The scores of each, `[V]`; −∞ for ids that cannot be chosen because others are better.
   */
  async read(logits: Floats, rows: readonly WantedRow[]): Promise<Float64Array[]> {
    if (this.#needed > 0) {
      const count = this.#needed + this.#spare;
      const { backend } = this.#run.cache.runner;
      const best = await readTopScores(backend, logits, count, this.#isLog);
      const scores = this.#applyRules(best, rows);
      // Rules may have banned too many of them, or forced others.
      if (scores.every((row) => this.#suffices(row))) return scores;
    }
    return this.#applyRules(await readScores(logits, this.#isLog), rows);
  }

  /**
   * Reads all scores, without rules.
   *
   * @param logits `[rows, V]`.
   * @param rows The rows whose scores are wanted.
   * @returns The scores of each, `[V]`.
   */
  async readRaw(logits: Floats, rows: readonly WantedRow[]): Promise<Float64Array[]> {
    const all = await readScores(logits, this.#isLog);
    return rows.map(({ source }) => all[source].slice());
  }

  #applyRules(all: readonly Float64Array[], rows: readonly WantedRow[]): Float64Array[] {
    return rows.map(({ batch, ids, source }) => {
      const scores = all[source].slice();
      this.#run.applyRules(batch, ids, scores);
      return scores;
    });
  }

  #suffices(scores: Float64Array): boolean {
    const left = scores.reduce((count, score) => score > -Infinity ? count + 1 : count, 0);
    if (left < this.#needed) return false;
    // Of equal scores top_k leaves all: there may be more of them than were read.
    return !this.#run.settings.do_sample ||
      nthLargest(scores, this.#needed) < nthLargest(scores, this.#needed - 1);
  }
}

/** Whether the backend may choose candidates: nothing looks at scores or changes their order. */
function canChoose(run: GenerationRun): boolean {
  const { settings, rows } = run;
  const keepsScores = settings.return_dict_in_generate && settings.output_scores;
  return !run.hasProcessors && !run.needsScores && !keepsScores && !settings.renormalize_logits &&
    settings.num_beam_groups === 1 &&
    rows.every(({ rules: { bias, processors } }) =>
      [...bias, ...processors].every((rule) => rule.keepsOrder)
    );
}

/** How many of a row's best ids a step looks at; 0: all. */
function candidatesOf(settings: ResolvedSettings): number {
  const { num_beams, top_k, eos_token_id: ends } = settings;
  const keep = num_beams > 1 ? Math.max(2, ends.length + 1) : 1;
  // One more than top_k leaves shows whether others equal the last.
  if (settings.do_sample) return top_k === 0 ? 0 : Math.max(top_k, keep) + 1;
  return num_beams > 1 ? Math.max(2, 1 + ends.length) * num_beams : 1;
}

/** How many ids rules may ban, but for n-grams about as many. */
function sparesOf(settings: ResolvedSettings): number {
  const { bad_words_ids, suppress_tokens, begin_suppress_tokens, eos_token_id } = settings;
  const hasNGrams = settings.no_repeat_ngram_size > 0 || settings.encoder_no_repeat_ngram_size > 0;
  const isHeld = settings.min_length > 0 || settings.min_new_tokens > 0;
  return (bad_words_ids?.length ?? 0) + (suppress_tokens?.length ?? 0) +
    (begin_suppress_tokens?.length ?? 0) + (isHeld ? eos_token_id.length : 0) +
    (hasNGrams ? SPARE : 0);
}
