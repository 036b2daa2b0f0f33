/**
 * The inner kernels of attention of few queries to rows of keys and values in 8 bits, as those of
 * query_tile.ts: sums of products of integers are exact, those of weighted values in the same order.
 *
 * `Product` is i8 where bytes are multiplied, i16 where words are.
 */
import { dot, dotOfWords, flips, products, UNSIGNED } from "./byte_products";
import { copyHead, paddedHead } from "./head_bytes";
import { inverseOf, sixteen } from "./quantize";
import { multiplyAdd } from "./tile";

/** Bytes of a query beside its integers: its start and its step. */
export const BESIDE: i32 = 16;

/**
 * Rounds a query.
 *
 * @param to Where its integers go, each sixteen of them `stride` bytes behind the last.
 * @param start Where the start of its sums goes.
 * @param step Where its step times the scale goes.
 * @param head Memory for a head as floats, and one of zeros behind it.
 */
export function roundQuery(
  from: usize, width: i32, scale: f32, to: usize, stride: usize, start: usize, step: usize,
  head: usize,
): void {
  const padded = paddedHead(width);
  copyHead(from, head + (padded << 2), width, head);
  const factor = f32x4.splat(inverseOf(head, padded, step));
  store<f32>(step, load<f32>(step) * scale);
  let sums = i32x4.splat(0);
  for (let d = 0; d < padded; d += 16, to += stride) {
    const bytes = sixteen(head + (d << 2), factor);
    v128.store(to, bytes);
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(bytes)));
  }
  const sum = i32x4.extract_lane(addUp(sums, sums, sums, sums), 0);
  store<i32>(start, products == UNSIGNED ? -128 * sum : 0);
}

/** The sums of four vectors each. */
// @ts-ignore: decorator
@inline
function addUp(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** `c + Σ q·k`, of sixteen integers. */
// @ts-ignore: decorator
@inline
function add<Product>(q: v128, k: v128, c: v128): v128 {
  if (sizeof<Product>() == 1) return dot(q, k, c);
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(q), i16x8.extend_low_i8x16_s(k));
  const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(q), i16x8.extend_high_i8x16_s(k));
  return i32x4.add(c, i32x4.add(low, high));
}

/** `sum · step of the query · step of the key`. */
// @ts-ignore: decorator
@inline
function scaled(sum: v128, start: v128, query: v128, key: v128): v128 {
  return f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(sum, start)), query), key);
}

/**
 * One query by four keys, of which a head sees `padded` integers from `offset` on, with a step at
 * `step`.
 */
export function byteScoresOfOne<Product>(
  at: usize, offset: usize, step: usize, padded: usize, x: usize, to: usize,
): void {
  const r0 = load<usize>(at), r1 = load<usize>(at, 4), r2 = load<usize>(at, 8);
  const r3 = load<usize>(at, 12), mask = flips();
  let c0 = i32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, d = offset;
  for (const end = x + padded; x < end; x += 16, d += 16) {
    const q = v128.load(x);
    c0 = add<Product>(q, v128.xor(v128.load(r0 + d), mask), c0);
    c1 = add<Product>(q, v128.xor(v128.load(r1 + d), mask), c1);
    c2 = add<Product>(q, v128.xor(v128.load(r2 + d), mask), c2);
    c3 = add<Product>(q, v128.xor(v128.load(r3 + d), mask), c3);
  }
  let keys = v128.load32_zero(r0 + step);
  keys = v128.load32_lane(r1 + step, keys, 1);
  keys = v128.load32_lane(r2 + step, keys, 2);
  keys = v128.load32_lane(r3 + step, keys, 3);
  const start = v128.load32_splat(x), query = v128.load32_splat(x, 4);
  v128.store(to, scaled(addUp(c0, c1, c2, c3), start, query, keys));
}

/** Five queries by two keys, the scores of four of them, then of the fifth. */
export function byteScoresOfFive<Product>(
  at: usize, offset: usize, step: usize, padded: usize, x: usize, four: usize, fifth: usize,
): void {
  const r0 = load<usize>(at), r1 = load<usize>(at, 4);
  let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0;
  if (sizeof<Product>() == 1) {
    const mask = flips();
    let d = offset;
    for (const end = x + 5 * padded; x < end; x += 80, d += 16) {
      const a = v128.xor(v128.load(r0 + d), mask), b = v128.xor(v128.load(r1 + d), mask);
      a0 = dot(v128.load(x), a, a0);
      b0 = dot(v128.load(x), b, b0);
      a1 = dot(v128.load(x, 16), a, a1);
      b1 = dot(v128.load(x, 16), b, b1);
      a2 = dot(v128.load(x, 32), a, a2);
      b2 = dot(v128.load(x, 32), b, b2);
      a3 = dot(v128.load(x, 48), a, a3);
      b3 = dot(v128.load(x, 48), b, b3);
      a4 = dot(v128.load(x, 64), a, a4);
      b4 = dot(v128.load(x, 64), b, b4);
    }
  } else {
    // Eight of each at a time: registers do not hold the words of sixteen.
    const from = r0 + offset, other = r1 + offset;
    for (let d: usize = 0; d < padded; x += 8 + ((d & 8) << 3), d += 8) {
      const a = v128.load8x8_s(from + d), b = v128.load8x8_s(other + d);
      const q0 = v128.load8x8_s(x);
      a0 = dotOfWords(q0, a, a0);
      b0 = dotOfWords(q0, b, b0);
      const q1 = v128.load8x8_s(x, 16);
      a1 = dotOfWords(q1, a, a1);
      b1 = dotOfWords(q1, b, b1);
      const q2 = v128.load8x8_s(x, 32);
      a2 = dotOfWords(q2, a, a2);
      b2 = dotOfWords(q2, b, b2);
      const q3 = v128.load8x8_s(x, 48);
      a3 = dotOfWords(q3, a, a3);
      b3 = dotOfWords(q3, b, b3);
      const q4 = v128.load8x8_s(x, 64);
      a4 = dotOfWords(q4, a, a4);
      b4 = dotOfWords(q4, b, b4);
    }
  }
  const k0 = v128.load32_splat(r0 + step), k1 = v128.load32_splat(r1 + step);
  const starts = v128.load(x), queries = v128.load(x, 20);
  v128.store(four, scaled(addUp(a0, a1, a2, a3), starts, queries, k0));
  v128.store(four, scaled(addUp(b0, b1, b2, b3), starts, queries, k1), 16);
  const keys = v128.shuffle<f32>(k0, k1, 0, 4, 0, 4);
  const last = v128.load32_splat(x, 16), query = v128.load32_splat(x, 36);
  v128.store64_lane(fifth, scaled(addUp(a4, b4, a4, b4), last, query, keys), 0);
}

/** Multiplies weights of rows by the steps of their values: `[count, lanes]`. */
export function scaleWeights(
  rows: usize, count: i32, step: usize, lanes: i32, weights: usize,
): void {
  for (const end = rows + (count << 2); rows < end; rows += 4, weights += lanes << 2) {
    const factor = load<usize>(rows) + step;
    if (lanes == 4) v128.store(weights, f32x4.mul(v128.load(weights), v128.load32_splat(factor)));
    else store<f32>(weights, load<f32>(weights) * load<f32>(factor));
  }
}

/** Adds weighted rows to the sums of one query, 8 columns at a time. */
export function addBytes(
  rows: usize, count: i32, offset: usize, bytes: usize, weights: usize, to: usize,
): void {
  const last = weights + (count << 2);
  for (let d: usize = 0; d < bytes; d += 32, offset += 8) {
    const y = to + d;
    let c0 = v128.load(y), c1 = v128.load(y, 16);
    for (let w = weights, row = rows; w < last; w += 4, row += 4) {
      const eight = v128.load8x8_s(load<usize>(row) + offset), weight = v128.load32_splat(w);
      c0 = multiplyAdd(weight, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)), c0);
      c1 = multiplyAdd(weight, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), c1);
    }
    v128.store(y, c0);
    v128.store(y, c1, 16);
  }
}
