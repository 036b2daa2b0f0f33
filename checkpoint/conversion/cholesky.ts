/**
 * Computes the Cholesky factorization `L·Lᵀ` of a positive semidefinite matrix. A direction without
 * variance, as in the covariance of fewer rows than columns, gives a column of zeros.
 *
 * @param matrix `[width, width]`, symmetric, without negative eigenvalues.
 * @param width Number of rows and of columns.
 * @returns `[width, width]`, the lower triangular `L`.
 */
export function cholesky(matrix: Float64Array, width: number): Float64Array {
  const lower = new Float64Array(width * width);
  for (let column = 0; column < width; column++) {
    const pivotRow = lower.subarray(column * width, column * width + column);
    const variance = matrix[column * width + column];
    const pivot = variance - pivotRow.reduce((sum, value) => sum + value * value, 0);
    // A pivot within the rounding error of a sum of `width` squares counts as zero.
    if (pivot <= width * Number.EPSILON * variance) continue;
    const root = Math.sqrt(pivot);
    lower[column * width + column] = root;
    for (let row = column + 1; row < width; row++) {
      let remainder = matrix[row * width + column];
      for (let i = 0; i < column; i++) remainder -= lower[row * width + i] * pivotRow[i];
      lower[row * width + column] = remainder / root;
    }
  }
  return lower;
}
