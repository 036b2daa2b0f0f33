/** Norms of keys and their order, in float64, exactly equal to the reference's. */

/** The squared norms of two keys side by side, each summed in order; infinite for NaN. */
export function squaredNorms(key: usize, next: usize, width: i32): v128 {
  let sum = f64x2.splat(0);
  let d = 0;
  for (; d + 4 <= width; d += 4) {
    const x = v128.load(key + (d << 2)), y = v128.load(next + (d << 2));
    const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5), high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
    sum = addSquares(sum, low);
    sum = addSquares(sum, v128.shuffle<f32>(low, low, 2, 3, 2, 3));
    sum = addSquares(sum, high);
    sum = addSquares(sum, v128.shuffle<f32>(high, high, 2, 3, 2, 3));
  }
  for (; d < width; d++) {
    const x = v128.load32_zero(key + (d << 2));
    sum = addSquares(sum, f32x4.replace_lane(x, 1, load<f32>(next + (d << 2))));
  }
  return v128.bitselect(sum, f64x2.splat(Infinity), f64x2.eq(sum, sum));
}

/** Adds the squares of the two lower values. */
// @ts-ignore: decorator
@inline
function addSquares(sum: v128, values: v128): v128 {
  const wide = f64x2.promote_low_f32x4(values);
  return f64x2.add(sum, f64x2.mul(wide, wide));
}

/** Number of norms of a chunk that are larger than the `i`-th, or equal and before it. */
export function countBefore(norms: usize, i: i32, chunk: i32): i32 {
  const norm = load<f64>(norms + (i << 3)), both = f64x2.splat(norm);
  let pairs = i64x2.splat(0);
  let rest = 0;
  let j = 0;
  for (; j + 2 <= i; j += 2) {
    pairs = i64x2.sub(pairs, f64x2.ge(v128.load(norms + (j << 3)), both));
  }
  if (j < i) rest += load<f64>(norms + (j << 3)) >= norm ? 1 : 0;
  for (j = i + 1; j + 2 <= chunk; j += 2) {
    pairs = i64x2.sub(pairs, f64x2.gt(v128.load(norms + (j << 3)), both));
  }
  if (j < chunk) rest += load<f64>(norms + (j << 3)) > norm ? 1 : 0;
  return rest + <i32> (i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1));
}
