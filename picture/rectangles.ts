/**
 * The rectangles that a kind of keys fills: rows that see the same columns become one.
 *
 * @module
 */
import type { AttentionPattern } from "./attention_pattern.ts";
import type { Layout } from "./layout.ts";
import { type KeyKind, type Run, runsOf } from "./visible_keys.ts";

/** Rows and columns; the ends are the ones after the last. */
export interface Rectangle {
  /** Rows. */
  readonly rows: Run;
  /** Columns. */
  readonly columns: Run;
}

/** Rows that are finer than this, in pixels, are drawn by one of them. */
const FINEST_ROW = 0.25;

/**
 * Collects the rectangles of a kind of keys.
 *
 * @param pattern What queries see.
 * @param layout The scale.
 * @param kind The kind of keys.
 * @param reach Whether to collect what entries are made from instead.
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
    // The gap behind global tokens parts rows.
    if (nextKey === key && row !== globals) continue;
    close(row);
    [first, runs, key] = [row, next, nextKey];
  }
  close(rows.length);
  return rectangles;

  function close(end: number): void {
    for (const columns of runs) rectangles.push({ rows: [first, end], columns });
  }

  /** Never steps over a row of its own kind, such as a global token's. */
  function nextRow(row: number): number {
    const { sources } = rows[row];
    const last = Math.min(row + step, rows.length);
    for (let next = row + 1; next < last; next++) {
      if (rows[next].sources !== sources) return next;
    }
    return last;
  }
}
