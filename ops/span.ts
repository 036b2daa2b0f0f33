/**
 * Spans: which entries of a list a query sees, as one rule for all queries.
 *
 * @module
 */

/**
 * A contiguous range of entries that moves with the query.
 *
 * Queries come in blocks of `block`; the range of a query in block `j` is
 * `j·stride + start … j·stride + end − 1`, clipped to the entries that exist. With `causal` it ends
 * at the query's own position at the latest.
 *
 * Everything, a sliding window, a block with its neighbours and a sparse list beside it are all
 * such ranges, so one kernel serves every attention pattern.
 */
export interface Span {
  /** Number of queries that share a range. */
  readonly block: number;
  /** Entries by which the range moves from one block of queries to the next. */
  readonly stride: number;
  /** First entry for block 0; may be negative. */
  readonly start: number;
  /** Entry after the last for block 0. */
  readonly end: number;
  /** Whether the range ends at the query's own position, inclusive. */
  readonly causal: boolean;
}

/**
 * The entries that a query sees.
 *
 * @param span The rule.
 * @param query The query's position, counted from the first query of the rule.
 * @param entries Number of entries.
 * @returns First entry and the one after the last; equal if there is none.
 *
 * @example Block 1 of 4 queries sees its own block and both neighbours
 * ```ts
 * import { spanRange } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const local = { block: 4, stride: 4, start: -4, end: 8, causal: false };
 * assertEquals(spanRange(local, 5, 100), [0, 12]);
 * assertEquals(spanRange({ ...local, causal: true }, 5, 100), [0, 6]);
 * ```
 */
export function spanRange(span: Span, query: number, entries: number): [number, number] {
  const shift = Math.floor(query / span.block) * span.stride;
  const start = Math.max(0, shift + span.start);
  const last = Math.min(entries, shift + span.end, span.causal ? query + 1 : entries);
  return [start, Math.max(start, last)];
}

/**
 * Every query sees every entry, or with `causal` those up to its own position.
 *
 * @param entries Number of entries.
 * @param causal Whether a query sees nothing after itself.
 * @returns The rule.
 *
 * @example
 * ```ts
 * import { everything, spanRange } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(spanRange(everything(10), 3, 10), [0, 10]);
 * assertEquals(spanRange(everything(10, true), 3, 10), [0, 4]);
 * ```
 */
export function everything(entries: number, causal = false): Span {
  return { block: 1, stride: 0, start: 0, end: entries, causal };
}

/**
 * Every query sees the entries at a distance of at most `left` before and `right` after it.
 *
 * @param left Entries before the query.
 * @param right Entries after the query; 0 makes the window causal.
 * @returns The rule.
 *
 * @example
 * ```ts
 * import { slidingWindow, spanRange } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(spanRange(slidingWindow(2, 2), 5, 10), [3, 8]);
 * assertEquals(spanRange(slidingWindow(2, 2), 9, 10), [7, 10]); // nothing past the last entry
 * ```
 */
export function slidingWindow(left: number, right: number): Span {
  return { block: 1, stride: 1, start: -left, end: right + 1, causal: false };
}

/**
 * The queries that see an entry: the inverse of {@linkcode spanRange}, for entries that exist.
 *
 * @param span The rule.
 * @param entry The entry.
 * @param first Position of the first query.
 * @param count Number of queries.
 * @returns Position of the first query that sees it and the one after the last; equal if none does.
 *
 * @example
 * ```ts
 * import { slidingWindow, spanQueries } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(spanQueries(slidingWindow(2, 0), 5, 0, 10), [5, 8]);
 * assertEquals(spanQueries(slidingWindow(2, 0), 9, 0, 10), [9, 10]);
 * ```
 */
export function spanQueries(
  { block, stride, start, end, causal }: Span,
  entry: number,
  first: number,
  count: number,
): [number, number] {
  // Block j sees it if j·stride + start ≤ entry < j·stride + end.
  let [from, after] = stride > 0
    ? [Math.floor((entry - end) / stride) + 1, Math.floor((entry - start) / stride) + 1]
    : start <= entry && entry < end
    ? [0, Infinity]
    : [0, 0];
  from = Math.max(first, from * block, causal ? entry : 0);
  after = Math.min(first + count, after * block);
  return [from, Math.max(from, after)];
}
