/**
 * The keys that each query sees, by kind.
 *
 * @module
 */
import { type Span, spanRange } from "../ops/span.ts";

/** The reason that a key is seen. */
export type KeyKind = "global" | "sparse" | "local" | "random" | "near" | "far" | "full";

/** A half-open range of rows or columns. */
export type Run = readonly [start: number, end: number];

/** A list of keys of one kind; each query sees ranges of it. */
export interface VisibleSource {
  /** Their kind. */
  readonly kind: KeyKind;
  /** Rules for the range of entries that a query sees. */
  readonly spans: readonly Span[];
  /** `[entries]`: 1 visible, 0 masked. */
  readonly visible: Int32Array;
  /** `[entries]`: column of each entry; absent if entries are made from several columns. */
  readonly columns?: Float32Array;
  /** Returns the columns that an entry is made or chosen from; absent if every token is an entry. */
  readonly reach?: (entry: number) => Run;
}

/** The keys that one query sees. */
export interface VisibleRow {
  /** Position of the query, as spans count queries. */
  readonly position: number;
  /** Sources of its keys; no key is in two of them. */
  readonly sources: readonly VisibleSource[];
}

/**
 * Lists the columns that a query sees, or those that its entries are made or chosen from.
 *
 * @param row The keys of the query.
 * @param kind The kind of key.
 * @param reach Whether to list the reach of the entries.
 * @returns Ranges of adjacent columns; each source starts a new one.
 */
export function runsOf(row: VisibleRow, kind: KeyKind, reach = false): Run[] {
  const runs: [number, number][] = [];
  for (const source of row.sources) {
    if (source.kind !== kind) continue;
    const entryRuns = reach ? runsOfReach(source) : runsOfColumns(source);
    if (!entryRuns) continue;
    const firstOfSource = runs.length;
    for (const span of source.spans) {
      const [start, end] = spanRange(span, row.position, source.visible.length);
      for (const [from, to] of entryRuns(start, end)) {
        const last = runs[runs.length - 1];
        // A list of blocks may go back.
        const adjoins = runs.length > firstOfSource && from >= last[0] && from <= last[1];
        if (adjoins) last[1] = Math.max(last[1], to);
        else runs.push([from, to]);
      }
    }
  }
  return runs;
}

/** Lists the columns of a range of entries. */
type EntryRuns = (start: number, end: number) => Iterable<Run>;

function runsOfReach({ visible, reach }: VisibleSource): EntryRuns | undefined {
  return reach && function* (start, end) {
    for (let entry = start; entry < end; entry++) if (visible[entry] !== 0) yield reach(entry);
  };
}

function runsOfColumns(source: VisibleSource): EntryRuns | undefined {
  const { columns, visible } = source;
  if (!columns) return undefined;
  const ends = runEnds(source, columns);
  return function* (start, end) {
    for (let entry = start; entry < end;) {
      const next = Math.min(ends[entry], end);
      if (visible[entry] !== 0) yield [columns[entry], columns[next - 1] + 1];
      entry = next;
    }
  };
}

/** Ends of the runs of masked entries, and of entries in adjacent columns. */
const ends = new WeakMap<VisibleSource, Int32Array>();

function runEnds(source: VisibleSource, columns: Float32Array): Int32Array {
  const known = ends.get(source);
  if (known) return known;
  const { visible } = source;
  const made = new Int32Array(visible.length);
  for (let entry = visible.length - 1; entry >= 0; entry--) {
    const next = entry + 1;
    const goesOn = next < visible.length && visible[next] === visible[entry] &&
      (visible[entry] === 0 || columns[next] === columns[entry] + 1);
    made[entry] = goesOn ? made[next] : next;
  }
  ends.set(source, made);
  return made;
}

/**
 * Counts the keys of a query: entries under its softmax, so that a mean of two tokens counts once.
 *
 * @param row The keys of the query.
 * @param kind The kind of key.
 * @returns The number of entries that are not masked.
 */
export function countKeys(row: VisibleRow, kind: KeyKind): number {
  let count = 0;
  for (const source of row.sources) {
    if (source.kind !== kind) continue;
    const before = countsBefore(source.visible);
    for (const span of source.spans) {
      const [start, end] = spanRange(span, row.position, source.visible.length);
      // An empty range may start after the last entry.
      if (end > start) count += before[end] - before[start];
    }
  }
  return count;
}

/** Prefix sums of masks, so that counting a range takes constant time. */
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
