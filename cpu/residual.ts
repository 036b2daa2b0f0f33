/**
 * Sums of rows and residuals.
 *
 * @module
 */

/**
 * Adds a residual to a row as `add` does, rounded to float32: a norm gives the same bits of two
 * tensors and of their sum. A sum beyond float32 is not rounded, as its row may have a norm.
 *
 * @param x Rows of float32.
 * @param residual As many, or undefined for none.
 * @param start Index of the row's first value.
 * @param row Where the sum goes; its length is the row's.
 */
export function addResidual(
  x: Float32Array,
  residual: Float32Array | undefined,
  start: number,
  row: Float64Array,
): void {
  const rounded = new Float32Array(1);
  for (let i = 0; i < row.length; i++) {
    const sum = x[start + i] + (residual ? residual[start + i] : 0);
    rounded[0] = sum;
    row[i] = Number.isFinite(rounded[0]) ? rounded[0] : sum;
  }
}
