import { newTable } from "./new_table.ts";

/**
 * Lengthens a position table by repeating it, or cuts it.
 *
 * @param table `[offset + n, width]`.
 * @param width Width of a row.
 * @param offset Rows in front of position 0, which are kept once.
 * @param length Positions that the new table has.
 * @returns `[offset + length, width]`: position `p` has the row of position `p mod n`.
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
  const front = table.subarray(0, offset * width);
  const positions = table.subarray(offset * width);
  if (positions.length === 0) {
    throw new RangeError(`a position table of ${table.length / width} rows has no positions`);
  }
  const extended = newTable(offset + length, width);
  extended.set(front);
  for (let start = front.length; start < extended.length; start += positions.length) {
    extended.set(positions.subarray(0, extended.length - start), start);
  }
  return extended;
}
