/**
 * What a pass costs, fitted to the measured passes of `bench/length_results.json`.
 *
 * @module
 */
import type { MeasuredPass } from "../../bench/length_report.ts";
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { recordBigbird } from "../../picture/record_bigbird.ts";
import { recordLsg } from "../../picture/record_lsg.ts";
import { recordFull, recordLongformer } from "../../picture/record_patterns.ts";
import { summarizePattern } from "../../picture/summary.ts";

/** A cost that grows with the tokens and with the visible query-key pairs of a head. */
export interface CostFit {
  /** Cost of a token. */
  readonly token: number;
  /** Cost of a pair. */
  readonly pair: number;
  /** Median deviation of the measured values, relative to them. */
  readonly deviation: number;
}

/** What the explorer estimates with. */
export interface CostData {
  /** Machine and date of the measurements. */
  readonly machine: string;
  /** Number of measured passes. */
  readonly passes: number;
  /** Seconds of a pass of the embedded model. */
  readonly seconds: CostFit;
  /** Megabytes beyond the loaded model. */
  readonly megabytes: CostFit;
}

const ONE_HEAD = { heads: 1, head: 0, seed: 0 };

/** Records the patterns that `bench/length.ts` measures, by their names there. */
const RECORDINGS: Readonly<Record<string, (tokens: number) => AttentionPattern>> = {
  "full": (tokens) => recordFull(tokens, false),
  "Longformer 512": (tokens) => recordLongformer(tokens, 512, []),
  "Longformer 512 + 1 global": (tokens) => recordLongformer(tokens, 512, [0]),
  "BigBird 64": (tokens) => recordBigbird({}, { tokens, ...ONE_HEAD }),
  "LSG 256/0": (tokens) => lsg({ block_size: 256, sparsity_type: "none" }, tokens),
  "LSG 128/128": (tokens) => lsg({}, tokens),
  "LSG 32/32": (tokens) => lsg({ block_size: 32, sparse_block_size: 32 }, tokens),
};

function lsg(parameters: Record<string, unknown>, tokens: number): AttentionPattern {
  return recordLsg(parameters, { tokens, causal: false, ...ONE_HEAD });
}

/** Counts the query-key pairs of a head. */
export function countPairs(pattern: AttentionPattern): number {
  const { queries, visible_keys } = summarizePattern(pattern);
  return Math.round(queries * visible_keys.mean);
}

/**
 * Fits the costs of one backend.
 *
 * @param passes Its measured passes.
 * @returns The fits.
 * @throws {RangeError} If a pattern is unknown.
 */
export function fitCosts(passes: readonly MeasuredPass[]): CostData {
  const sizes = passes.map(({ pattern, tokens }) => {
    if (!Object.hasOwn(RECORDINGS, pattern)) {
      throw new RangeError(`Cannot count the pairs of ${pattern}: wanted a known pattern`);
    }
    return [tokens, countPairs(RECORDINGS[pattern](tokens))] as const;
  });
  return {
    machine: [...new Set(passes.map(({ machine }) => machine))].join("; "),
    passes: passes.length,
    seconds: fit(sizes, passes.map(({ seconds }) => seconds)),
    megabytes: fit(sizes, passes.map(({ megabytes }) => megabytes)),
  };
}

/**
 * Fits `token·tokens + pair·pairs` by least squares of relative deviations, without negative costs.
 *
 * @param sizes Tokens and pairs of each value.
 * @param values Values above 0.
 * @returns The fit.
 */
export function fit(
  sizes: readonly (readonly [tokens: number, pairs: number])[],
  values: readonly number[],
): CostFit {
  let [tt, tp, pp, tv, pv] = [0, 0, 0, 0, 0];
  sizes.forEach(([tokens, pairs], i) => {
    const [t, p] = [tokens / values[i], pairs / values[i]];
    [tt, tp, pp, tv, pv] = [tt + t * t, tp + t * p, pp + p * p, tv + t, pv + p];
  });
  const determinant = tt * pp - tp * tp;
  let token = (tv * pp - pv * tp) / determinant;
  let pair = (pv * tt - tv * tp) / determinant;
  if (pair < 0) [token, pair] = [tv / tt, 0];
  if (token < 0) [token, pair] = [0, pv / pp];
  const deviations = sizes.map(([tokens, pairs], i) =>
    Math.abs((token * tokens + pair * pairs) / values[i] - 1)
  ).sort((a, b) => a - b);
  return { token, pair, deviation: deviations[Math.floor(deviations.length / 2)] };
}
