/**
 * Rows picked from a tensor.
 *
 * @module
 */
import { checkLength } from "../ops/checks.ts";

/** The shapes of picking and of putting back. */
export interface RowsShape {
  /** Sequences. */
  readonly batch: number;
  /** Rows of x in each sequence. */
  readonly rows: number;
  /** Rows that are picked or put in each sequence. */
  readonly picked: number;
  /** Width of a row. */
  readonly width: number;
}

/**
 * Row `index[i]` of x as row `i`; −1 gives zeros.
 *
 * @param x `[batch, rows, width]`.
 * @param index `[batch, picked]`, or `[1, picked]` for the same rows in each sequence.
 * @param shape Sizes.
 * @returns `[batch, picked, width]`.
 * @throws {RangeError} If an array does not fit the shape or there is no such row.
 *
 * @example
 * ```ts
 * import { gatherRows } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const shape = { batch: 1, rows: 3, picked: 2, width: 1 };
 * assertEquals([...gatherRows(new Float32Array([5, 6, 7]), new Int32Array([2, 0]), shape)], [7, 5]);
 * ```
 */
export function gatherRows(x: Float32Array, index: Int32Array, shape: RowsShape): Float32Array {
  const { batch, rows, picked, width } = shape;
  checkLength("gatherRows", "x", x, [batch, rows, width]);
  checkLength("gatherRows", "index", index, [index.length === picked ? 1 : batch, picked]);
  const result = new Float32Array(batch * picked * width);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < picked; i++) {
      const row = index[(b * picked + i) % index.length];
      if (row === -1) continue;
      checkRow("gatherRows", row, rows);
      const from = (b * rows + row) * width;
      result.set(x.subarray(from, from + width), (b * picked + i) * width);
    }
  }
  return result;
}

/**
 * That a row exists.
 *
 * @param room Who asks, for the message.
 * @param row The row.
 * @param rows How many there are.
 * @throws {RangeError} If it does not.
 */
export function checkRow(room: string, row: number, rows: number): void {
  if (row < 0 || row >= rows) {
    throw new RangeError(`${room}: row ${row}, wanted 0 … ${rows - 1}, or -1 for none`);
  }
}
