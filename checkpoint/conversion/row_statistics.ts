/** Mean and covariance of the rows of a table. */
export interface RowStatistics {
  /** `[width]`. */
  mean: Float64Array;
  /** `[width, width]`, with `rows − 1` in the denominator. */
  covariance: Float64Array;
}

function assertTwoRows(rows: number): void {
  if (rows < 2) {
    throw new RangeError(`Cannot estimate the variance of ${rows} rows: wanted at least 2`);
  }
}

/**
 * Computes the mean of the rows of a table.
 *
 * @param table `[rows, width]`.
 * @param width Width of a row.
 * @returns `[width]`.
 */
export function computeMean(table: Float32Array, width: number): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < table.length; i++) mean[i % width] += table[i];
  return mean.map((sum) => sum * width / table.length);
}

/**
 * Computes the standard deviation of each column of a table, with `rows − 1` in the denominator.
 *
 * @param table `[rows, width]`, at least two rows.
 * @param width Width of a row.
 * @returns `[width]`.
 * @throws {RangeError} If there are fewer than two rows.
 */
export function computeDeviations(table: Float32Array, width: number): Float64Array {
  const rows = table.length / width;
  assertTwoRows(rows);
  const mean = computeMean(table, width);
  const squares = new Float64Array(width);
  for (let i = 0; i < table.length; i++) squares[i % width] += (table[i] - mean[i % width]) ** 2;
  return squares.map((sum) => Math.sqrt(sum / (rows - 1)));
}

/**
 * Computes the mean and covariance of the rows of a table.
 *
 * @param table `[rows, width]`, at least two rows.
 * @param width Width of a row.
 * @returns The mean and the covariance, with `rows − 1` in the denominator.
 * @throws {RangeError} If there are fewer than two rows.
 */
export function computeRowStatistics(table: Float32Array, width: number): RowStatistics {
  const rows = table.length / width;
  assertTwoRows(rows);
  const mean = computeMean(table, width);
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < rows; row++) {
    const centred = mean.map((average, column) => table[row * width + column] - average);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) covariance[i * width + j] += centred[i] * centred[j];
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      covariance[i * width + j] /= rows - 1;
      covariance[j * width + i] = covariance[i * width + j];
    }
  }
  return { mean, covariance };
}
