/**
 * Grouped positions of Self-Extend.
 *
 * @module
 */

/** Positions of queries and keys of tokens 0 … tokens − 1, for pairs that are far apart. */
export interface GroupedPositions {
  /** Of queries: `⌊i / group⌋ + window − ⌊window / group⌋`. */
  readonly query: Int32Array;
  /** Of keys: `⌊j / group⌋`. */
  readonly key: Int32Array;
}

/**
 * The positions of pairs that are `window` or more apart (Self-Extend, section 3).
 *
 * The query's shift makes grouped distances continue where the window's ordinary ones end.
 *
 * @param tokens How many tokens.
 * @param group How many neighbouring tokens share a position; ≥ 1.
 * @param window How many keys, the query's own included, keep ordinary positions; ≥ 1.
 * @returns Positions of queries and of keys.
 * @throws {RangeError} If group or window is not a whole number ≥ 1.
 *
 * @example
 * ```ts
 * import { groupedPositions } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const { query, key } = groupedPositions(6, 2, 4);
 * assertEquals([...query], [2, 2, 3, 3, 4, 4]);
 * assertEquals([...key], [0, 0, 1, 1, 2, 2]);
 * ```
 */
export function groupedPositions(tokens: number, group: number, window: number): GroupedPositions {
  for (const [name, value] of [["group", group], ["window", window]] as const) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot group positions with ${name} ${value}: wanted a whole number ≥ 1`,
      );
    }
  }
  const shift = window - Math.floor(window / group);
  const key = Int32Array.from({ length: tokens }, (_, i) => Math.floor(i / group));
  return { query: key.map((position) => position + shift), key };
}
