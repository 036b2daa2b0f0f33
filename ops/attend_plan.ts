/**
 * The work of one attention call: which query rows see which keys.
 *
 * @module
 */
import type { Span } from "./span.ts";

/**
 * Keys and values of which queries see ranges.
 *
 * `Floats` and `Integers` are typed arrays on the CPU and tensors on a backend.
 */
export interface KeySource<Floats, Integers> {
  /** `[batch, rows, keyHeads·width]`. */
  readonly keys: Floats;
  /** `[batch, rows, keyHeads·width]`. */
  readonly values: Floats;
  /** Row of the first entry. */
  readonly first: number;
  /** Number of entries. */
  readonly count: number;
  /** `[batch, count]` or `[batch, heads, count]`: 1 visible, 0 masked; absent: all visible. */
  readonly mask?: Integers;
  /** Ranges of entries that each query sees; they must not overlap within a source. */
  readonly spans: readonly Span[];
  /** `[batch, rows, heads·width]`: queries for this source only, instead of the call's. */
  readonly query?: Floats;
  /**
   * Number of its first entry among those of its part, from which dropout draws; absent: the entries
   * of the sources before it.
   */
  readonly number?: number;
}

/** Query rows that see the same sources. */
export interface AttendPart<Floats, Integers> {
  /** First query row. */
  readonly first: number;
  /** Number of query rows. */
  readonly count: number;
  /** Position of the first row, as spans count queries; 0 if absent. */
  readonly position?: number;
  /**
   * Whether weights and values are rounded to 8 bits, too, where keys are held so; absent: they are
   * floats. Keys are taken in groups, in each of which a column of the values has a step and the
   * weights of a query have one: for rows that see hundreds of keys.
   */
  readonly weights?: "q8";
  /** Sources of the keys that the rows see. A key in two sources would count twice. */
  readonly sources: readonly KeySource<Floats, Integers>[];
}
