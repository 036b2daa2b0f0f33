/**
 * The inner kernels of attention of few queries, one or five of them, to gathered rows of keys and
 * values, whose addresses lie one behind the other. Sums are in the same order in all of them.
 */
import { exponential } from "./exponential";
import { multiplyAdd } from "./tile";

/** Rows that are attended to at a time; a multiple of 8. Four ways of L1 hold a column of them. */
export const ROWS: i32 = 32;

/** Bytes of the weights of four queries of a tile, `[32, 4]`; those of the fifth come behind. */
export const FIFTH: usize = ROWS * 16;

/** The sums of four vectors each. */
// @ts-ignore: decorator
@inline
function addUp(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** One query by eight keys, of which a head sees `bytes` from `offset` on. */
export function scoresOfOne(at: usize, offset: usize, bytes: usize, x: usize, to: usize): void {
  let k0 = load<usize>(at) + offset, k1 = load<usize>(at, 4) + offset;
  let k2 = load<usize>(at, 8) + offset, k3 = load<usize>(at, 12) + offset;
  let k4 = load<usize>(at, 16) + offset, k5 = load<usize>(at, 20) + offset;
  let k6 = load<usize>(at, 24) + offset, k7 = load<usize>(at, 28) + offset;
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
  for (let d: usize = 0; d < bytes; d += 16) {
    const q = v128.load(x + d);
    c0 = multiplyAdd(q, v128.load(k0 + d), c0);
    c1 = multiplyAdd(q, v128.load(k1 + d), c1);
    c2 = multiplyAdd(q, v128.load(k2 + d), c2);
    c3 = multiplyAdd(q, v128.load(k3 + d), c3);
    c4 = multiplyAdd(q, v128.load(k4 + d), c4);
    c5 = multiplyAdd(q, v128.load(k5 + d), c5);
    c6 = multiplyAdd(q, v128.load(k6 + d), c6);
    c7 = multiplyAdd(q, v128.load(k7 + d), c7);
  }
  v128.store(to, addUp(c0, c1, c2, c3));
  v128.store(to, addUp(c4, c5, c6, c7), 16);
}

/** Five queries by two keys, the scores of four of them, then of the fifth. */
export function scoresOfFive(
  at: usize, offset: usize, bytes: usize, x: usize, four: usize, fifth: usize,
): void {
  let k0 = load<usize>(at) + offset, k1 = load<usize>(at, 4) + offset;
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0;
  for (const end = k0 + bytes; k0 < end; k0 += 16, k1 += 16, x += 80) {
    const a = v128.load(k0), b = v128.load(k1);
    a0 = multiplyAdd(v128.load(x), a, a0);
    b0 = multiplyAdd(v128.load(x), b, b0);
    a1 = multiplyAdd(v128.load(x, 16), a, a1);
    b1 = multiplyAdd(v128.load(x, 16), b, b1);
    a2 = multiplyAdd(v128.load(x, 32), a, a2);
    b2 = multiplyAdd(v128.load(x, 32), b, b2);
    a3 = multiplyAdd(v128.load(x, 48), a, a3);
    b3 = multiplyAdd(v128.load(x, 48), b, b3);
    a4 = multiplyAdd(v128.load(x, 64), a, a4);
    b4 = multiplyAdd(v128.load(x, 64), b, b4);
  }
  v128.store(four, addUp(a0, a1, a2, a3));
  v128.store(four, addUp(b0, b1, b2, b3), 16);
  v128.store64_lane(fifth, addUp(a4, b4, a4, b4), 0);
}

/** Scores of a query to weights `exp(s − m)`, with a new maximum `m`, to which sums are scaled. */
export function softmax(
  from: usize, count: i32, maximumAt: usize, sumAt: usize, y: usize, bytes: usize,
): void {
  const end = from + (count << 2);
  for (let i = count; i & 3; i++) store<f32>(from + (i << 2), -Infinity);
  const old = load<f32>(maximumAt);
  let four = f32x4.splat(old);
  for (let at = from; at < end; at += 16) four = f32x4.pmax(four, v128.load(at)); // NaN stays a score
  const maximum = max(
    max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
  let total = f32x4.splat(0);
  for (let at = from; at < end; at += 16) {
    const weights = exponential(f32x4.sub(v128.load(at), f32x4.splat(maximum)));
    v128.store(at, weights);
    total = f32x4.add(total, weights);
  }
  let sum = load<f32>(sumAt);
  if (maximum != old) {
    const shrink = exponential(f32x4.splat(old - maximum));
    sum *= f32x4.extract_lane(shrink, 0);
    store<f32>(maximumAt, maximum);
    scale(y, bytes, f32x4.extract_lane(shrink, 0));
  }
  store<f32>(
    sumAt,
    sum + (f32x4.extract_lane(total, 0) + f32x4.extract_lane(total, 1) +
      f32x4.extract_lane(total, 2) + f32x4.extract_lane(total, 3)),
  );
}

/** The same for four queries, `[32, 4]`, with sums in the same order. */
export function softmaxOfFour(
  from: usize, count: i32, maxima: usize, sums: usize, y: usize, bytes: usize,
): void {
  const end = from + (count << 4), old = v128.load(maxima);
  for (let i = count; i & 3; i++) v128.store(from + (i << 4), f32x4.splat(-Infinity));
  let m0 = old, m1 = old, m2 = old, m3 = old;
  for (let at = from; at < end; at += 64) {
    m0 = f32x4.pmax(m0, v128.load(at));
    m1 = f32x4.pmax(m1, v128.load(at, 16));
    m2 = f32x4.pmax(m2, v128.load(at, 32));
    m3 = f32x4.pmax(m3, v128.load(at, 48));
  }
  const maximum = f32x4.pmax(f32x4.pmax(m0, m1), f32x4.pmax(m2, m3));
  let t0 = f32x4.splat(0), t1 = t0, t2 = t0, t3 = t0;
  for (let at = from; at < end; at += 64) {
    const w0 = exponential(f32x4.sub(v128.load(at), maximum));
    v128.store(at, w0);
    t0 = f32x4.add(t0, w0);
    const w1 = exponential(f32x4.sub(v128.load(at, 16), maximum));
    v128.store(at, w1, 16);
    t1 = f32x4.add(t1, w1);
    const w2 = exponential(f32x4.sub(v128.load(at, 32), maximum));
    v128.store(at, w2, 32);
    t2 = f32x4.add(t2, w2);
    const w3 = exponential(f32x4.sub(v128.load(at, 48), maximum));
    v128.store(at, w3, 48);
    t3 = f32x4.add(t3, w3);
  }
  let sum = v128.load(sums);
  if (v128.any_true(f32x4.ne(maximum, old))) {
    const shrink = exponential(f32x4.sub(old, maximum));
    sum = f32x4.mul(sum, shrink);
    v128.store(maxima, maximum);
    scale(y, bytes, f32x4.extract_lane(shrink, 0));
    scale(y + bytes, bytes, f32x4.extract_lane(shrink, 1));
    scale(y + 2 * bytes, bytes, f32x4.extract_lane(shrink, 2));
    scale(y + 3 * bytes, bytes, f32x4.extract_lane(shrink, 3));
  }
  v128.store(sums, f32x4.add(sum, f32x4.add(f32x4.add(f32x4.add(t0, t1), t2), t3)));
}

/** Scales the sums of a query. */
function scale(y: usize, bytes: usize, factor: f32): void {
  if (factor == 1) return;
  for (const end = y + bytes; y < end; y += 16) {
    v128.store(y, f32x4.mul(v128.load(y), f32x4.splat(factor)));
  }
}

/** Adds eight weighted rows to the sums of one query. */
export function addEight(at: usize, offset: usize, bytes: usize, weights: usize, to: usize): void {
  const v0 = load<usize>(at) + offset, v1 = load<usize>(at, 4) + offset;
  const v2 = load<usize>(at, 8) + offset, v3 = load<usize>(at, 12) + offset;
  const v4 = load<usize>(at, 16) + offset, v5 = load<usize>(at, 20) + offset;
  const v6 = load<usize>(at, 24) + offset, v7 = load<usize>(at, 28) + offset;
  const w0 = v128.load32_splat(weights), w1 = v128.load32_splat(weights, 4);
  const w2 = v128.load32_splat(weights, 8), w3 = v128.load32_splat(weights, 12);
  const w4 = v128.load32_splat(weights, 16), w5 = v128.load32_splat(weights, 20);
  const w6 = v128.load32_splat(weights, 24), w7 = v128.load32_splat(weights, 28);
  for (let d: usize = 0; d < bytes; d += 16) {
    let y = v128.load(to + d);
    y = multiplyAdd(w0, v128.load(v0 + d), y);
    y = multiplyAdd(w1, v128.load(v1 + d), y);
    y = multiplyAdd(w2, v128.load(v2 + d), y);
    y = multiplyAdd(w3, v128.load(v3 + d), y);
    y = multiplyAdd(w4, v128.load(v4 + d), y);
    y = multiplyAdd(w5, v128.load(v5 + d), y);
    y = multiplyAdd(w6, v128.load(v6 + d), y);
    y = multiplyAdd(w7, v128.load(v7 + d), y);
    v128.store(to + d, y);
  }
}

/** Adds one weighted row. */
export function addOne(value: usize, bytes: usize, weight: usize, to: usize): void {
  const w = v128.load32_splat(weight);
  for (const end = to + bytes; to < end; to += 16, value += 16) {
    v128.store(to, multiplyAdd(w, v128.load(value), v128.load(to)));
  }
}

/**
 * Adds weighted rows to the sums of five queries, 8 columns at a time.
 *
 * `Value` is f32, or i8 for rows of integers.
 */
export function addFive<Value>(
  rows: usize, count: i32, offset: usize, bytes: usize, four: usize, fifth: usize, to: usize,
): void {
  const last = four + (count << 4);
  for (let d: usize = 0; d < bytes; d += 32) {
    const y0 = to + d, y1 = y0 + bytes, y2 = y1 + bytes, y3 = y2 + bytes, y4 = y3 + bytes;
    let c00 = v128.load(y0), c01 = v128.load(y0, 16);
    let c10 = v128.load(y1), c11 = v128.load(y1, 16);
    let c20 = v128.load(y2), c21 = v128.load(y2, 16);
    let c30 = v128.load(y3), c31 = v128.load(y3, 16);
    let c40 = v128.load(y4), c41 = v128.load(y4, 16);
    const at = offset + (d >> 2) * sizeof<Value>();
    for (let w = four, one = fifth, row = rows; w < last; w += 16, one += 4, row += 4) {
      const value = load<usize>(row) + at;
      const some = v128.load(w);
      let a = v128.load(value), b = a;
      if (sizeof<Value>() == 4) b = v128.load(value, 16);
      else {
        const eight = v128.load8x8_s(value);
        a = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight));
        b = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight));
      }
      const w0 = v128.shuffle<i32>(some, some, 0, 0, 0, 0);
      c00 = multiplyAdd(w0, a, c00);
      c01 = multiplyAdd(w0, b, c01);
      const w1 = v128.shuffle<i32>(some, some, 1, 1, 1, 1);
      c10 = multiplyAdd(w1, a, c10);
      c11 = multiplyAdd(w1, b, c11);
      const w2 = v128.shuffle<i32>(some, some, 2, 2, 2, 2);
      c20 = multiplyAdd(w2, a, c20);
      c21 = multiplyAdd(w2, b, c21);
      const w3 = v128.shuffle<i32>(some, some, 3, 3, 3, 3);
      c30 = multiplyAdd(w3, a, c30);
      c31 = multiplyAdd(w3, b, c31);
      const w4 = v128.load32_splat(one);
      c40 = multiplyAdd(w4, a, c40);
      c41 = multiplyAdd(w4, b, c41);
    }
    v128.store(y0, c00);
    v128.store(y0, c01, 16);
    v128.store(y1, c10);
    v128.store(y1, c11, 16);
    v128.store(y2, c20);
    v128.store(y2, c21, 16);
    v128.store(y3, c30);
    v128.store(y3, c31, 16);
    v128.store(y4, c40);
    v128.store(y4, c41, 16);
  }
}
