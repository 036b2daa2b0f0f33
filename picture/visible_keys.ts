/**
 * Which keys each query sees, by kind: what a picture or a count of a pattern needs.
 *
 * @module
 */
import { type Span, spanRange } from "../ops/span.ts";

/** Why a key is seen. */
export type KeyKind = "global" | "sparse" | "local" | "near" | "far" | "full";

/** First and the one after the last of neighbouring columns. */
export type Run = readonly [start: number, end: number];

/** Keys of one kind that some queries see ranges of. */
export interface VisibleSource {
  /** Why they are seen. */
  readonly kind: KeyKind;
  /** Which entries a query sees. */
  readonly spans: readonly Span[];
  /** `[entries]`: 1 visible, 0 masked. */
  readonly visible: Int32Array;
  /** `[entries]`: the column of each entry; absent if an entry is made from several. */
  readonly columns?: Float32Array;
  /** The columns that an entry is made from or chosen from; absent if it simply is a token. */
  readonly reach?: (entry: number) => Run;
}

/** What one query sees. */
export interface VisibleRow {
  /** The query's place in the spans' count. */
  readonly place: number;
  /** What it sees; no key is in two of them. */
  readonly sources: readonly VisibleSource[];
}

/**
 * The columns that a query sees, or the ones that its entries were made from.
 *
 * @param row The query.
 * @param kind The kind of keys.
 * @param reach Whether to give the reach of entries instead.
 * @returns Runs of neighbouring columns; a new one for each source.
 */
export function runsOf(row: VisibleRow, kind: KeyKind, reach = false): Run[] {
  const runs: [number, number][] = [];
  for (const source of row.sources) {
    const columnsOf = reach ? source.reach : singleColumns(source);
    if (source.kind !== kind || !columnsOf) continue;
    const firstOfSource = runs.length;
    for (const span of source.spans) {
      const [start, end] = spanRange(span, row.place, source.visible.length);
      for (let entry = start; entry < end; entry++) {
        if (source.visible[entry] === 0) continue;
        const [from, to] = columnsOf(entry);
        const last = runs[runs.length - 1];
        if (runs.length > firstOfSource && from <= last[1]) last[1] = Math.max(last[1], to);
        else runs.push([from, to]);
      }
    }
  }
  return runs;
}

function singleColumns({ columns }: VisibleSource): ((entry: number) => Run) | undefined {
  return columns && ((entry) => [columns[entry], columns[entry] + 1]);
}

/**
 * How many keys a query sees: entries under its softmax, so that an average of two tokens is one.
 *
 * @param row The query.
 * @param kind The kind of keys.
 * @returns The number of entries that are not masked.
 */
export function countKeys(row: VisibleRow, kind: KeyKind): number {
  let count = 0;
  for (const source of row.sources) {
    if (source.kind !== kind) continue;
    const before = countsBefore(source.visible);
    for (const span of source.spans) {
      const [start, end] = spanRange(span, row.place, source.visible.length);
      // An empty range may lie behind the last entry.
      if (end > start) count += before[end] - before[start];
    }
  }
  return count;
}

/** Running sums of masks, so that a range of any length is counted at once. */
const sums = new WeakMap<Int32Array, Int32Array>();

function countsBefore(visible: Int32Array): Int32Array {
  let before = sums.get(visible);
  if (!before) {
    before = new Int32Array(visible.length + 1);
    for (let i = 0; i < visible.length; i++) before[i + 1] = before[i] + visible[i];
    sums.set(visible, before);
  }
  return before;
}
