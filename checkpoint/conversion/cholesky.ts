/**
 * Factors a symmetric matrix into `L·Lᵀ`. A direction without variance, as there is one in the
 * covariance of fewer rows than columns, gives a column of zeros.
 *
 * @param matrix `[width, width]`, symmetric, no eigenvalue below 0.
 * @param width Rows and columns.
 * @returns `[width, width]`, the lower triangular `L`.
 */
export function cholesky(matrix: Float64Array, width: number): Float64Array {
  const lower = new Float64Array(width * width);
  for (let column = 0; column < width; column++) {
    const rowOfPivot = lower.subarray(column * width, column * width + column);
    const variance = matrix[column * width + column];
    const pivot = variance - rowOfPivot.reduce((sum, value) => sum + value * value, 0);
    // What rounding in a sum of `width` squares can leave of a zero.
    if (pivot <= width * Number.EPSILON * variance) continue;
    const root = Math.sqrt(pivot);
    lower[column * width + column] = root;
    for (let row = column + 1; row < width; row++) {
      let rest = matrix[row * width + column];
      for (let i = 0; i < column; i++) rest -= lower[row * width + i] * rowOfPivot[i];
      lower[row * width + column] = rest / root;
    }
  }
  return lower;
}
