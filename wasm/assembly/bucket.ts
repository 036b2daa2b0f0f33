/**
 * The bucket of a row: `argmax([xR; −xR])`, the lower index wins a tie.
 *
 * Sums are float64 in the reference's order, so that every choice equals the reference's.
 *
 * @typeParam T Type of the row's values, `f32` or `f64`.
 * @param row `[width]`.
 * @param length Divisor of the row.
 * @param matrix R, `[width, columns]` of `f32`.
 */
export function bucketOf<T>(
  row: usize,
  length: f64,
  matrix: usize,
  width: i32,
  columns: i32,
): i32 {
  let largest = -Infinity, smallest = Infinity;
  let best = 0, bestNegative = columns;
  for (let c = 0; c < columns; c++) {
    let sum: f64 = 0;
    for (let d = 0; d < width; d++) {
      const entry = <f64> load<f32>(matrix + <usize> (d * columns + c) * 4);
      sum += <f64> load<T>(row + <usize> d * sizeof<T>()) / length * entry;
    }
    if (sum > largest) {
      largest = sum;
      best = c;
    }
    if (sum < smallest) {
      smallest = sum;
      bestNegative = columns + c;
    }
  }
  return -smallest > largest ? bestNegative : best;
}
