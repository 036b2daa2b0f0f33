/**
 * Hashing of rows to buckets, in kernels.
 *
 * @module
 */

/**
 * WGSL: `bucketOf`, where `shape.width` is a row's and `projection` is R,
 * `[heads, width, columns]`. Rows are not normalised, as that does not change which product is the
 * largest, but scaled by a power of two, `factorOf`, so that no product overflows or is lost.
 *
 * @param value The expression for value `d` of the row that starts `at`.
 * @returns The function.
 */
export function bucketCode(value: string): string {
  return /* wgsl */ `
/** The power of two by which the largest value of a row becomes 1 … 2. */
fn factorOf(at: u32) -> f32 {
  var largest = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    largest = max(largest, abs(${value}));
  }
  return bitcast<f32>((254 - clamp(bitcast<u32>(largest) >> 23, 1, 253)) << 23);
}

/** \`argmax([xR; −xR])\` of the row x in head h; the lower index wins a tie. */
fn bucketOf(at: u32, h: u32, columns: u32) -> u32 {
  let factor = factorOf(at);
  var largest = -3.4e38;
  var smallest = 3.4e38;
  var best = 0u;
  var bestNegative = columns;
  for (var c = 0u; c < columns; c++) {
    var sum = 0.0;
    for (var d = 0u; d < shape.width; d++) {
      sum += factor * ${value} * f32(projection[(h * shape.width + d) * columns + c]);
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
  return select(best, bestNegative, -smallest > largest);
}
`;
}
