/**
 * What one call of the attention kernel is to do: which query rows see which keys.
 *
 * @module
 */
import type { Span } from "./span.ts";

/**
 * Keys and values that some queries see a range of.
 *
 * `Floats` and `Integers` are typed arrays on the CPU and tensors on a backend.
 */
export interface KeySource<Floats, Integers> {
  /** `[batch, rows, keyHeads·width]`. */
  readonly keys: Floats;
  /** `[batch, rows, keyHeads·width]`. */
  readonly values: Floats;
  /** The first row that counts as an entry. */
  readonly first: number;
  /** How many rows are entries. */
  readonly count: number;
  /** `[batch, count]` or `[batch, heads, count]`: 1 visible, 0 masked; absent: all visible. */
  readonly mask?: Integers;
  /** Which entries a query sees; ranges of one source must not overlap. */
  readonly spans: readonly Span[];
  /** `[batch, rows, heads·width]`: queries for this source alone, in place of the call's. */
  readonly query?: Floats;
}

/** Query rows that see the same sources. */
export interface AttendPart<Floats, Integers> {
  /** First query row. */
  readonly first: number;
  /** How many query rows. */
  readonly count: number;
  /** The first row's place in the spans' count of queries; 0 if absent. */
  readonly place?: number;
  /** What the rows see. Each key must be in one source only, or it counts twice. */
  readonly sources: readonly KeySource<Floats, Integers>[];
}
