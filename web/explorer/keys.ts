/**
 * The keys of one query, as words and as a table.
 *
 * @module
 */
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { amount } from "../../picture/summary.ts";
import { countKeys, type KeyKind, type Run, runsOf } from "../../picture/visible_keys.ts";

/** The keys of a kind that a query sees. */
export interface SeenKeys {
  /** Their kind. */
  readonly kind: KeyKind;
  /** Entries under the softmax. */
  readonly count: number;
  /** Columns, ascending; those that entries are made from, where entries have none. */
  readonly runs: readonly Run[];
}

/**
 * Lists the keys of a query.
 *
 * @param pattern The pattern.
 * @param row Row of the query.
 * @returns A line for each kind that the pattern has.
 */
export function seenKeys(pattern: AttentionPattern, row: number): SeenKeys[] {
  const keys = pattern.rows[row];
  return (Object.keys(pattern.legend) as KeyKind[]).map((kind) => {
    const single = runsOf(keys, kind);
    const runs = single.length > 0 ? single : runsOf(keys, kind, true);
    return { kind, count: countKeys(keys, kind), runs: join(runs) };
  });
}

/** Sorts runs and joins those that meet. */
function join(runs: readonly Run[]): Run[] {
  const joined: [number, number][] = [];
  for (const [start, end] of runs.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/**
 * Names a row or a column.
 *
 * @param pattern The pattern.
 * @param index The row or column.
 * @returns For example "token 12".
 */
export function nameOf({ globals }: AttentionPattern, index: number): string {
  return index < globals ? `global token ${index}` : `token ${amount(index - globals)}`;
}

/**
 * Describes runs of columns.
 *
 * @param pattern The pattern.
 * @param runs The runs.
 * @param most Runs to list.
 * @returns For example "0–127, 256–383 and 3 more".
 */
export function describeRuns(pattern: AttentionPattern, runs: readonly Run[], most = 6): string {
  if (runs.length === 0) return "none";
  const { globals } = pattern;
  const number = (column: number) => column.toLocaleString("en");
  const range = (start: number, end: number) =>
    end - start === 1 ? number(start) : `${number(start)}–${number(end - 1)}`;
  const names = runs.flatMap(([start, end]) => [
    ...(start < globals ? [`global ${range(start, Math.min(end, globals))}`] : []),
    ...(end > globals ? [range(Math.max(start - globals, 0), end - globals)] : []),
  ]);
  const shown = names.slice(0, most);
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
