/** Most values of a table: 4 GiB, where the memory of `wasm` ends. */
const MOST_VALUES = 2 ** 30;

/**
 * A table of zeros.
 *
 * @param rows How many rows.
 * @param width Their width.
 * @returns `[rows, width]`.
 * @throws {RangeError} If it would be larger than 4 GiB.
 */
export function newTable(rows: number, width: number): Float32Array {
  if (rows * width > MOST_VALUES) {
    throw new RangeError(
      `Cannot make a position table of ${rows} rows of ${width} values: wanted at most ${MOST_VALUES} values`,
    );
  }
  return new Float32Array(rows * width);
}
