/**
 * What the loops of generation share: the settings, the rows' rules, the cache, the caller's parts.
 *
 * @module
 */
import { nextTask } from "../base/next_task.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { GenerationCache } from "./generation_cache.ts";
import { logitRows, runProcessors } from "./logit_rows.ts";
import type { ResolvedSettings } from "./resolved_settings.ts";
import { rowLengths } from "./row_lengths.ts";
import type { LogitsFunction } from "./score_rules/logits_processor.ts";
import { penalizePicked } from "./score_rules/hamming_diversity.ts";
import { type RowRules, rowRules } from "./score_rules/row_rules.ts";
import { describeRules } from "./describe_rules.ts";
import { MaxTimeCriteria } from "./max_time.ts";
import { isImpossible } from "./softmax.ts";
import { StopStringCriteria } from "./stop_strings.ts";
import { decideEnds, type StoppingFunction } from "./stopping_criteria.ts";

/** What rows are generated from. */
export interface GenerationInputs {
  /** Keys and values; new ones, or those of an earlier call. */
  readonly cache: GenerationCache;
  /** The ids that each row of the batch starts with, without padding. */
  readonly prompts: readonly (readonly number[])[];
  /** The visible ids of each row's encoder input, for rules that look at them. */
  readonly encoderIds?: readonly (readonly number[])[];
  /** Columns of the caller's prompts, padding included; absent: those of the longest. */
  readonly promptWidth?: number;
}

/** A row of the batch. */
export interface BatchRow {
  /** The ids that it starts with. */
  readonly prompt: readonly number[];
  /** The most that it may have. */
  readonly length: number;
  /** The rules in force. */
  readonly rules: RowRules;
}

/** A row of the result. */
export interface ResultRow {
  /** Which row of the batch it continues. */
  readonly batch: number;
  /** Its ids, the start included. */
  readonly ids: readonly number[];
  /** The id that ended it and is not among its ids; with beams. */
  readonly end?: number;
  /** Its score, with beams. */
  readonly score?: number;
  /** Its place in the cache. */
  readonly place: number;
}

/** A call of `generate()`. */
export class GenerationRun {
  /** The rows of the batch. */
  readonly rows: readonly BatchRow[];
  /** The scores of each step, if wanted. */
  readonly scores: Tensor<"float32">[] = [];
  readonly #processors: readonly LogitsFunction[];
  readonly #criteria: readonly StoppingFunction[];

  /**
   * Checks what is left to check, before anything runs.
   *
   * @param settings The settings.
   * @param inputs What rows are generated from.
   * @throws {RangeError} If a row has no room for an id, or the cache holds other rows.
   */
  constructor(readonly settings: ResolvedSettings, readonly inputs: GenerationInputs) {
    const { prompts, encoderIds, cache } = inputs;
    if (prompts.length === 0 || prompts.some(({ length }) => length === 0)) {
      throw new RangeError("Cannot generate from nothing: wanted prompts of at least one id");
    }
    const lengths = rowLengths(settings, prompts.map(({ length }) => length));
    this.rows = prompts.map((prompt, b) => {
      const facts = { start: prompt.length, length: lengths[b], encoderIds: encoderIds?.[b] };
      return { prompt, length: lengths[b], rules: rowRules(settings, facts) };
    });
    cache.check(prompts);
    this.#processors = listOf(settings.logits_processor);
    this.#criteria = [
      ...listOf(settings.stopping_criteria),
      ...(settings.stop_strings
        ? [new StopStringCriteria(settings.tokenizer!, settings.stop_strings)]
        : []),
      ...(settings.max_time ? [new MaxTimeCriteria(settings.max_time)] : []),
    ];
  }

  /** Keys and values. */
  get cache(): GenerationCache {
    return this.inputs.cache;
  }

  /** Number of ids, V. */
  get width(): number {
    return this.settings.facts.vocabulary;
  }

  /** What fills rows that have ended. */
  get padding(): number {
    return this.settings.pad_token_id ?? this.settings.eos_token_id[0] ?? 0;
  }

  /** Whether the caller has processors of its own. */
  get hasProcessors(): boolean {
    return this.#processors.length > 0;
  }

  /** Whether the caller has the cache afterwards: then rows that have ended stay in it. */
  get keepsCache(): boolean {
    const { return_dict_in_generate, past_key_values } = this.settings;
    return return_dict_in_generate || past_key_values === this.cache;
  }

  /** Whether a criterion looks at scores. */
  get needsScores(): boolean {
    return this.#criteria.some((item) => (item as { needsScores?: boolean }).needsScores ?? true);
  }

  /**
   * Lets other tasks run after a step.
   *
   * @throws The signal's reason, if it has aborted.
   */
  async settle(): Promise<void> {
    await nextTask();
    this.settings.signal?.throwIfAborted();
  }

  /**
   * Applies the rules to the scores of a row, in place.
   *
   * @param batch Which row of the batch it continues.
   * @param ids Its ids.
   * @param scores Its scores, `[V]`.
   * @param picked The ids that beams of earlier groups picked.
   */
  applyRules(
    batch: number,
    ids: readonly number[],
    scores: Float64Array,
    picked: readonly number[] = [],
  ): void {
    // It follows sequence_bias, but what both add may come in any order.
    penalizePicked(scores, picked, this.settings.diversity_penalty);
    for (const rule of this.rows[batch].rules.processors) rule.apply(ids, scores);
  }

  /**
   * Applies what comes after the rules, in place: the caller's processors, log-softmax.
   *
   * @param batch Which row of the batch each row continues.
   * @param ids The ids of each row.
   * @param scores The scores of each row.
   * @param hasEnded True for rows of which no id is chosen any more; absent: none.
   */
  applyLast(
    batch: readonly number[],
    ids: readonly (readonly number[])[],
    scores: readonly Float64Array[],
    hasEnded: readonly boolean[] = [],
  ): void {
    runProcessors(this.#processors, ids, scores);
    scores.forEach((row, i) => {
      if (hasEnded[i]) return;
      this.#checkScores(row);
      if (isImpossible(row)) return;
      for (const rule of this.rows[batch[i]].rules.last) rule.apply(ids[i], row);
    });
  }

  /**
   * Leaves out what sampling does not draw, in place.
   *
   * @param batch Which row of the batch it continues.
   * @param ids Its ids.
   * @param scores Its scores, `[V]`.
   */
  applyWarpers(batch: number, ids: readonly number[], scores: Float64Array): void {
    if (isImpossible(scores)) return;
    for (const rule of this.rows[batch].rules.warpers) rule.apply(ids, scores);
    this.#checkScores(scores);
  }

  /** Asserts that scores are numbers or −∞. */
  #checkScores(scores: Float64Array): void {
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i];
      if (score < Infinity) continue;
      const rules = describeRules(this.settings);
      throw new RangeError(`Cannot choose an id by the score ${score}, made by ${rules}`);
    }
  }

  /**
   * Makes the error about a row that cannot go on.
   *
   * @param batch Which row of the batch it is.
   * @returns The error.
   */
  impossible(batch: number): RangeError {
    return new RangeError(
      `Cannot continue row ${batch}: no id is possible under ${describeRules(this.settings)}`,
    );
  }

  /**
   * Asks the criteria which rows end.
   *
   * @param ids The ids of each row.
   * @param scores The scores of each row.
   * @returns True for each row that ends.
   */
  criteriaEnd(
    ids: readonly (readonly number[])[],
    scores: readonly (Float64Array | undefined)[],
  ): boolean[] {
    if (this.#criteria.length === 0 || ids.length === 0) return ids.map(() => false);
    const inputIds = ids.map((row) => row.map(BigInt));
    const width = this.needsScores ? this.width : 0;
    const tensor = this.scoreRows(scores, width);
    return decideEnds(this.#criteria, inputIds, tensor);
  }

  /**
   * Keeps the scores of a step, if they are wanted.
   *
   * @param rows The scores of each row; undefined for a row that has ended.
   */
  keepScores(rows: readonly (Float64Array | undefined)[]): void {
    const { return_dict_in_generate, output_scores } = this.settings;
    if (return_dict_in_generate && output_scores) {
      this.scores.push(this.scoreRows(rows, this.width));
    }
  }

  /** Makes a tensor of scores; a row that has ended can only get padding. */
  private scoreRows(
    rows: readonly (Float64Array | undefined)[],
    width: number,
  ): Tensor<"float32"> {
    const ended = new Float64Array(width).fill(-Infinity);
    if (width > 0) ended[this.padding] = 0;
    return logitRows(rows.map((row) => width === 0 ? ended : row ?? ended), width);
  }
}

function listOf<Item extends (...args: never[]) => unknown>(
  items: Item | Iterable<Item> | undefined,
): Item[] {
  if (items === undefined) return [];
  return typeof items === "function" ? [items] : [...items];
}
