/** Most values in a table: 4 GiB, the limit of WebAssembly memory. */
const MAX_VALUES = 2 ** 30;

/**
 * Makes a table of zeros.
 *
 * @param rows Number of rows.
 * @param width Width of a row.
 * @returns `[rows, width]`.
 * @throws {RangeError} If it would be larger than 4 GiB.
 */
export function makeTable(rows: number, width: number): Float32Array {
  if (rows * width > MAX_VALUES) {
    throw new RangeError(
      `Cannot make a position table of ${rows} rows of ${width} values: wanted at most ` +
        `${MAX_VALUES} values`,
    );
  }
  return new Float32Array(rows * width);
}
