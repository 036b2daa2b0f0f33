/**
 * Rectangles that a kind of key fills; rows that see the same columns are merged.
 *
 * @module
 */
import type { AttentionPattern } from "./attention_pattern.ts";
import type { Layout } from "./layout.ts";
import { type KeyKind, type Run, runsOf } from "./visible_keys.ts";

/** A range of rows and a range of columns. */
export interface Rectangle {
  /** Rows. */
  readonly rows: Run;
  /** Columns. */
  readonly columns: Run;
}

/** If rows are thinner than this, in pixels, one row is drawn for several. */
const FINEST_ROW = 0.25;

/**
 * Collects the rectangles of a kind of key.
 *
 * @param pattern The pattern.
 * @param layout Pixel coordinates.
 * @param kind The kind of key.
 * @param reach Whether to collect the columns that entries are made or chosen from.
 * @returns Rectangles that do not overlap.
 */
export function rectanglesOf(
  pattern: AttentionPattern,
  layout: Layout,
  kind: KeyKind,
  reach: boolean,
): Rectangle[] {
  const { rows, globals } = pattern;
  const step = Math.ceil(FINEST_ROW / layout.cell);
  const rectangles: Rectangle[] = [];
  let first = 0;
  let runs: Run[] = [];
  let key = "";
  for (let row = 0; row < rows.length; row = nextRow(row)) {
    const next = runsOf(rows[row], kind, reach);
    const nextKey = next.join(" ");
    // A rectangle must not cover the gap after the global tokens.
    if (nextKey === key && row !== globals) continue;
    close(row);
    [first, runs, key] = [row, next, nextKey];
  }
  close(rows.length);
  return rectangles;

  function close(end: number): void {
    for (const columns of runs) rectangles.push({ rows: [first, end], columns });
  }

  /** Never skips a row whose sources differ, such as a global token's. */
  function nextRow(row: number): number {
    const { sources } = rows[row];
    const last = Math.min(row + step, rows.length);
    for (let next = row + 1; next < last; next++) {
      if (rows[next].sources !== sources) return next;
    }
    return last;
  }
}
