/**
 * How many keys queries see.
 *
 * @module
 */
import type { AttentionPattern } from "./attention_pattern.ts";
import { countKeys, type KeyKind } from "./visible_keys.ts";

/** Counts of a pattern. */
export interface PatternSummary {
  /** Its name. */
  readonly pattern: string;
  /** Its parameters, spelled as in checkpoints. */
  readonly parameters: AttentionPattern["parameters"];
  /** Rows: global tokens and text. */
  readonly queries: number;
  /** Visible keys a query: entries under its softmax, an average of several tokens being one. */
  readonly visible_keys: { readonly min: number; readonly mean: number; readonly max: number };
  /** Mean of visible keys a query, for each kind. */
  readonly mean_by_kind: Readonly<Partial<Record<KeyKind, number>>>;
  /** Share of all pairs of query and key, global tokens included, that is computed. */
  readonly density: number;
  /** Multiplications of attention over those of full attention, in the same direction, over the
   * text without global tokens. Making sparse entries is not counted. */
  readonly flop_ratio: number;
}

/**
 * Counts the keys that queries see.
 *
 * @param pattern The pattern.
 * @returns Its counts.
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
 * The counts in a line.
 *
 * @param summary The counts.
 * @returns As "Visible keys a query: mean 42.6 (33 to 50) of 50; 92.4 % of full attention".
 */
export function summaryLine({ visible_keys, queries, flop_ratio }: PatternSummary): string {
  const { min, mean, max } = visible_keys;
  return `Visible keys a query: mean ${amount(mean)} (${min} to ${max}) of ${queries}; ` +
    `${amount(100 * flop_ratio)} % of full attention`;
}

/**
 * A number as people write it.
 *
 * @param value The number.
 * @returns One decimal at most below 100, none above, thousands apart.
 */
export function amount(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
