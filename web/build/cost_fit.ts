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
  /** Cost of any pass. */
  readonly pass: number;
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
 * Fits `pass + token·tokens + pair·pairs` by least squares of relative deviations, without negative
 * costs: of the fits with some of the three, the best whose costs are positive.
 *
 * @param sizes Tokens and pairs of each value.
 * @param values Values above 0.
 * @returns The fit.
 */
export function fit(
  sizes: readonly (readonly [tokens: number, pairs: number])[],
  values: readonly number[],
): CostFit {
  const terms = sizes.map(([tokens, pairs], i) => [1, tokens, pairs].map((n) => n / values[i]));
  const fits = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]].map((chosen) => {
    const costs = [0, 0, 0];
    solve(terms.map((row) => chosen.map((term) => row[term]))).forEach((cost, i) => {
      costs[chosen[i]] = cost;
    });
    const deviations = terms.map((row) =>
      row.reduce((sum, term, i) => sum + term * costs[i], 0) - 1
    );
    return { costs, deviations, error: deviations.reduce((sum, x) => sum + x * x, 0) };
  });
  const possible = fits.filter(({ costs }) => costs.every((cost) => cost >= 0));
  const { costs: [pass, token, pair], deviations } = possible
    .reduce((best, other) => other.error < best.error ? other : best);
  const sizesOf = deviations.map(Math.abs).sort((a, b) => a - b);
  return { pass, token, pair, deviation: sizesOf[Math.floor(sizesOf.length / 2)] };
}

/** Factors of the columns of a matrix whose sum is nearest to 1 in each row: normal equations. */
function solve(rows: readonly (readonly number[])[]): number[] {
  const columns = rows[0].map((_, i) => rows.map((row) => row[i]));
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x, i) => sum + x * b[i], 0);
  const equations = columns.map((a) => [
    ...columns.map((b) => dot(a, b)),
    a.reduce((sum, x) => sum + x, 0),
  ]);
  // Gauss–Jordan; the matrix is positive definite, so no rows need be exchanged.
  equations.forEach((equation, i) => {
    const pivot = equation[i];
    equation.forEach((_, j) => equation[j] /= pivot);
    equations.forEach((other, k) => {
      const factor = other[i];
      if (k !== i) other.forEach((_, j) => other[j] -= factor * equation[j]);
    });
  });
  return equations.map((equation) => equation.at(-1)!);
}
