/**
 * Counts of the keys that queries see.
 *
 * @module
 */
import type { AttentionPattern } from "./attention_pattern.ts";
import { countKeys, type KeyKind } from "./visible_keys.ts";

/** Counts over all queries of a pattern. */
export interface PatternSummary {
  /** The pattern's name. */
  readonly pattern: string;
  /** Its parameters, spelled as in a checkpoint's config. */
  readonly parameters: AttentionPattern["parameters"];
  /** Queries: global tokens and text. */
  readonly queries: number;
  /** Visible keys per query: entries under its softmax; a mean of several tokens counts once. */
  readonly visible_keys: { readonly min: number; readonly mean: number; readonly max: number };
  /** Mean number of visible keys per query, by kind. */
  readonly mean_by_kind: Readonly<Partial<Record<KeyKind, number>>>;
  /** Fraction of all query-key pairs, global tokens included, that is computed. */
  readonly density: number;
  /** Multiplications relative to full attention (causal if this is) over the text alone; the
   * selection of sparse entries is not counted. */
  readonly flop_ratio: number;
}

/**
 * Counts the keys that queries see.
 *
 * @param pattern The pattern.
 * @returns The counts.
 */
export function summarizePattern(pattern: AttentionPattern): PatternSummary {
  const { name, parameters, rows, tokens, causal, legend } = pattern;
  const queries = rows.length;
  const kinds = Object.keys(legend) as KeyKind[];
  const perKind = kinds.map((kind) => rows.map((row) => countKeys(row, kind)));
  const perRow = rows.map((_, i) => perKind.reduce((sum, counts) => sum + counts[i], 0));
  const pairs = sum(perRow);
  const fullPairs = causal ? tokens * (tokens + 1) / 2 : tokens ** 2;
  const means = kinds.map((kind, k) => [kind, sum(perKind[k]) / queries] as const);
  return {
    pattern: name,
    parameters,
    queries,
    visible_keys: {
      min: perRow.reduce((a, b) => Math.min(a, b)),
      mean: pairs / queries,
      max: perRow.reduce((a, b) => Math.max(a, b)),
    },
    mean_by_kind: Object.fromEntries(means),
    density: pairs / queries ** 2,
    flop_ratio: pairs / fullPairs,
  };
}

/**
 * Formats the counts as one line.
 *
 * @param summary The counts.
 * @returns For example "Visible keys per query: mean 42.6 (33 to 50) of 50; 92.4 % of full attention".
 */
export function summaryLine({ visible_keys, queries, flop_ratio }: PatternSummary): string {
  const { min, mean, max } = visible_keys;
  return `Visible keys per query: mean ${amount(mean)} (${min} to ${max}) of ${queries}; ` +
    `${amount(100 * flop_ratio)} % of full attention`;
}

/**
 * Formats a number for reading.
 *
 * @param value The number.
 * @returns At most one decimal below 100, none above, with thousands separators.
 */
export function amount(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
