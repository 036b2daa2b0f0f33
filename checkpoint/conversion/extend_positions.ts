import { makeTable } from "./make_table.ts";

/**
 * Extends a position table by repeating it, or truncates it.
 *
 * @param table `[offset + n, width]`.
 * @param width Width of a row.
 * @param offset Number of rows before position 0, which are not repeated.
 * @param length Number of positions of the new table.
 * @returns `[offset + length, width]`: position `p` has the row of the old position `p mod n`.
 * @throws {RangeError} If the table has no positions, or the new one would be larger than 4 GiB.
 *
 * @example
 * ```ts
 * import { extendPositions } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const table = new Float32Array([9, 0, 1]);
 * assertEquals(extendPositions(table, 1, 1, 5), new Float32Array([9, 0, 1, 0, 1, 0]));
 * ```
 */
export function extendPositions(
  table: Float32Array,
  width: number,
  offset: number,
  length: number,
): Float32Array {
  const prefix = table.subarray(0, offset * width);
  const positions = table.subarray(offset * width);
  if (positions.length === 0) {
    throw new RangeError(
      `Cannot extend a position table of ${table.length / width} rows: wanted more than the ` +
        `${offset} before position 0`,
    );
  }
  const extended = makeTable(offset + length, width);
  extended.set(prefix);
  for (let start = prefix.length; start < extended.length; start += positions.length) {
    extended.set(positions.subarray(0, extended.length - start), start);
  }
  return extended;
}
