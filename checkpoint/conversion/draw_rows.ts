import type { Random } from "../../tensor/random.ts";
import { cholesky } from "./cholesky.ts";
import { computeDeviations, computeMean, computeRowStatistics } from "./row_statistics.ts";

/**
 * Draws rows distributed like those of a table, with independent columns.
 *
 * @param table `[rows, width]`, at least two rows.
 * @param width Width of a row.
 * @param count Number of rows to draw.
 * @param random The random number generator.
 * @returns `[count, width]`, normal with the mean and deviation of each column.
 * @throws {RangeError} If the table has fewer than two rows.
 */
export function drawIndependentColumns(
  table: Float32Array,
  width: number,
  count: number,
  random: Random,
): Float32Array {
  const mean = computeMean(table, width);
  const deviation = computeDeviations(table, width);
  return random.normals(count * width)
    .map((normal, i) => mean[i % width] + deviation[i % width] * normal);
}

/**
 * Draws rows distributed like those of a table, with correlated columns.
 *
 * @param table `[rows, width]`, at least two rows.
 * @param width Width of a row.
 * @param count Number of rows to draw.
 * @param random The random number generator.
 * @returns `[count, width]`, normal with the mean and covariance of the table's rows.
 * @throws {RangeError} If the table has fewer than two rows.
 */
export function drawRows(
  table: Float32Array,
  width: number,
  count: number,
  random: Random,
): Float32Array {
  const { mean, covariance } = computeRowStatistics(table, width);
  const lower = cholesky(covariance, width);
  const drawn = new Float32Array(count * width);
  const normals = random.normals(count * width);
  for (let i = 0; i < drawn.length; i++) {
    const column = i % width;
    let sum = mean[column];
    for (let j = 0; j <= column; j++) sum += lower[column * width + j] * normals[i - column + j];
    drawn[i] = sum;
  }
  return drawn;
}
