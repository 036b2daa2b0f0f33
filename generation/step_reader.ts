/**
 * Reads what a step needs of the scores, and applies the rules.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import { MOST_SCORES } from "../ops/top_scores.ts";
import type { GenerationRun } from "./generation_run.ts";
import { readScores, readTopScores, type StepScores } from "./read_scores.ts";
import type { ResolvedSettings } from "./resolved_settings.ts";
import { ForcingRule } from "./score_rules/forced_tokens.ts";
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
  /** `[V]`, all −∞ but while rules are applied. */
  #spread: Float64Array | undefined;

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
   * @param logits `[rows, V]`; disposed of.
   * @param rows The rows whose scores are wanted.
   * @returns The scores of each.
   */
  async read(logits: Floats, rows: readonly WantedRow[]): Promise<StepScores[]> {
    try {
      return await this.#read(logits, rows);
    } finally {
      logits.dispose();
    }
  }

  /**
   * Reads all scores, without rules.
   *
   * @param logits `[rows, V]`; disposed of.
   * @param rows The rows whose scores are wanted.
   * @returns The scores of each.
   */
  async readRaw(logits: Floats, rows: readonly WantedRow[]): Promise<StepScores[]> {
    try {
      return await this.#readAll(logits, rows);
    } finally {
      logits.dispose();
    }
  }

  async #read(logits: Floats, rows: readonly WantedRow[]): Promise<StepScores[]> {
    if (this.#needed > 0 && !rows.some((row) => this.#isForced(row))) {
      const count = this.#needed + this.#spare;
      const { backend } = this.#run.cache.runner;
      const best = await readTopScores(backend, logits, count, this.#isLog);
      const scores = rows.map((row) => this.#applyBans(best[row.source], row));
      // Rules may have banned too many of them.
      if (scores.every((row) => this.#suffices(row))) return scores;
    }
    const scores = await this.#readAll(logits, rows);
    rows.forEach(({ batch, ids }, i) => this.#run.applyRules(batch, ids, scores[i].scores));
    return scores;
  }

  async #readAll(logits: Floats, rows: readonly WantedRow[]): Promise<StepScores[]> {
    const all = await readScores(logits, this.#isLog);
    const taken = new Set<number>();
    return rows.map(({ source }) => {
      // Rules change scores: rows that share them, as beams do at the start, get copies.
      const scores = taken.has(source) ? all[source].slice() : all[source];
      taken.add(source);
      return { scores };
    });
  }

  /** Applies rules to a row's best scores, spread over all ids. */
  #applyBans({ scores, ids }: StepScores, row: WantedRow): StepScores {
    const all = this.#spread ??= new Float64Array(this.#run.width).fill(-Infinity);
    ids!.forEach((id, i) => all[id] = scores[i]);
    this.#run.applyRules(row.batch, row.ids, all);
    const left = Float64Array.from(ids!, (id) => all[id]);
    for (const id of ids!) all[id] = -Infinity;
    return { scores: left, ids };
  }

  /** Whether a rule forces ids, which need not be among the best. */
  #isForced({ batch, ids }: WantedRow): boolean {
    return this.#run.rows[batch].rules.processors.some((rule) =>
      rule instanceof ForcingRule && rule.forcedIds(ids) !== undefined
    );
  }

  #suffices({ scores }: StepScores): boolean {
    if (scores.filter((score) => score > -Infinity).length < this.#needed) return false;
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
    rows.every(({ rules }) => rules.processors.every((rule) => rule.keepsOrder));
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
