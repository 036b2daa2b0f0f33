/**
 * Attention of few queries to many rows of keys and values, as in a step of generation, where reading
 * these takes most of the time: each row is read once, for all queries and for neighbouring heads,
 * from one end to the other.
 *
 * Rows are gathered, 32 at a time, and attended to as eight streams, a short piece of each at a time:
 * so a core fetches the others ahead while it multiplies. Scores are products along a row; weights
 * times values are added row by row: so no bit depends on the number of queries, nor on how heads are
 * shared among threads.
 */
import { exponential } from "./exponential";
import { widenRow } from "./half";
import { multiplyAdd } from "./tile";
import { fill } from "./vector";
import { HALF } from "./weights";

/** Rows that are attended to at a time; a multiple of 8. Four ways of L1 hold a column of them. */
const ROWS: i32 = 32;

/** Rows that are read side by side. */
const STREAMS: i32 = 8;

/** Heads whose keys are read before the next row's. */
const HEADS: i32 = 2;

/** Bytes at the start of each stream of keys that are on their way before the first is waited for. */
const TOUCHED: usize = 384;

/** Queries of a tile; one query has kernels of its own. */
const TILE: i32 = 5;

/** Bytes of the weights of four queries of a tile; those of the fifth come behind. */
const FIFTH: usize = ROWS * 16;

/** Most queries. */
const FEW: i32 = 20;

/** Most values of the queries of a group of heads, and most of its heads times queries. */
const MOST_VALUES: i32 = 32768;
const MOST_PAIRS: i32 = 1024;

/** Most values of a row that a group of heads sees: so many are widened at a time, of each row. */
const MOST_WIDENED: i32 = 2048;

/** The group that a thread works on; each thread has a copy of the module. */
let queries: i32, padded: i32, width: i32, firstHead: i32, endHead: i32;
/** Heads of all queries and of all keys. */
let heads: i32, keyHeads: i32;
/**
 * Parts of the scratch memory: queries by tiles, `[heads, tiles, width/4, 5, 4]`; scores, then
 * weights, `[heads, queries, 32]`, of tiles `[32, 4]` and `[32]`; sums, `[heads, queries, width]`; maxima and sums of weights; rows.
 */
let query: usize, scores: usize, output: usize, maxima: usize, sums: usize;
let keyRows: usize, valueRows: usize, unused: usize;
/** Rows that were in half precision. */
let widened: usize;
/** Gathered rows; bytes of a number of theirs. */
let gathered: i32, size: i32, isEmpty: bool;

/** Whether so many queries, with heads of this width, are few. */
export function areFewQueries(count: i32, headWidth: i32): bool {
  return count <= FEW && headWidth % 8 == 0;
}

// @ts-ignore: decorator
@inline
function paddedQueries(count: i32): i32 {
  return count == 1 ? 1 : (count + TILE - 1) / TILE * TILE;
}

/** Heads that are attended to together: each thread has some; narrower parts of rows are read slower. */
export function headsOfGroup(count: i32, heads: i32, headWidth: i32, threads: i32): i32 {
  const pairs = min(MOST_PAIRS, MOST_VALUES / headWidth) / paddedQueries(count);
  const most = min(pairs, MOST_WIDENED / headWidth);
  return max(1, min(most, (heads + threads - 1) / threads));
}

/**
 * Starts with queries and heads `first` to `end`.
 *
 * @param from The first query.
 * @param stride Bytes from one query to the next.
 */
export function startRows(
  from: usize, stride: usize, count: i32, first: i32, end: i32, allHeads: i32, allKeyHeads: i32,
  headWidth: i32, scale: f32, scratch: usize,
): void {
  queries = count;
  padded = paddedQueries(count);
  width = headWidth;
  firstHead = first;
  endHead = end;
  heads = allHeads;
  keyHeads = allKeyHeads;
  gathered = 0;
  isEmpty = true;
  query = scratch;
  output = query + MOST_VALUES * 4;
  scores = output + MOST_VALUES * 4;
  maxima = scores + MOST_PAIRS * ROWS * 4;
  sums = maxima + MOST_PAIRS * 4;
  keyRows = sums + MOST_PAIRS * 4;
  valueRows = keyRows + ROWS * 4;
  unused = valueRows + ROWS * 4;
  widened = unused + ROWS * 4;
  size = 4;
  const pairs = (end - first) * padded;
  memory.fill(query, 0, pairs * width * 4);
  memory.fill(output, 0, pairs * width * 4);
  memory.fill(sums, 0, pairs * 4);
  fill(maxima, -f32.MAX_VALUE, pairs);
  const tile = padded == 1 ? 1 : TILE;
  for (let h = first; h < end; h++) {
    for (let q = 0; q < count; q++) {
      const x = from + q * stride + <usize> (h * width) * 4;
      let to = query + (<usize> ((h - first) * padded + q / tile * tile) * width + q % tile * 4) * 4;
      for (let d = 0; d < width; d += 4, to += <usize> tile * 16) {
        v128.store(to, f32x4.mul(v128.load(x + (d << 2)), f32x4.splat(scale)));
      }
    }
  }
}

/** Sets the bytes of a number, 4 or 2, of the rows that come next. */
export function useSize(bytes: i32): void {
  if (bytes != size && gathered > 0) attendGathered();
  size = bytes;
}

/** Adds a row of keys and one of values. */
export function addRow(key: usize, value: usize): void {
  const at = gathered << 2;
  store<usize>(keyRows + at, key);
  store<usize>(valueRows + at, value);
  if (++gathered == ROWS) attendGathered();
}

/** Writes the result of query `q`; nothing but zeros if it is masked. */
export function finishRows(q: i32, to: usize, isMasked: bool): void {
  if (gathered > 0) attendGathered();
  for (let h = firstHead; h < endHead; h++) {
    const pair = (h - firstHead) * padded + q, y = to + <usize> (h * width) * 4;
    const total = load<f32>(sums + (pair << 2));
    if (isMasked || isEmpty) {
      fill(y, 0, width);
    } else if (total == 0) {
      fill(y, NaN, width); // scores that are all below the range of float32 have no weights
    } else {
      const factor = f32x4.splat(1 / total), from = output + <usize> (pair * width) * 4;
      for (let d = 0; d < width * 4; d += 16) v128.store(y + d, f32x4.mul(v128.load(from + d), factor));
    }
  }
}

function attendGathered(): void {
  isEmpty = false;
  const count = gathered;
  gathered = 0;
  const offset = keyOffset(firstHead), bytes = keyOffset(endHead - 1) + <usize> width * 4 - offset;
  if (size == HALF) {
    widenRows(keyRows, count, offset, bytes);
  } else if (count == ROWS) {
    spread(keyRows);
    spread(valueRows);
  }
  // The rows that fill up a tile are read, but have no weight.
  for (let i = count; i & 7; i++) {
    store<usize>(keyRows + (i << 2), load<usize>(keyRows + ((count - 1) << 2)));
  }
  if (padded == 1) weightsOfOne(count);
  else weightsOfAll(count, offset, bytes);
  if (size == HALF) widenRows(valueRows, count, offset, bytes);
  if (padded == 1) addToOne(count);
  else addToAll(count);
}

/** Orders 32 rows as eight streams: 0, 4, 8, … 28, then 1, 5, …, and so on. */
function spread(rows: usize): void {
  memory.copy(unused, rows, ROWS * 4);
  for (let i = 0; i < ROWS; i++) {
    const row = i % STREAMS * (ROWS / STREAMS) + i / STREAMS;
    store<usize>(rows + (i << 2), load<usize>(unused + (row << 2)));
  }
}

/** Weights of one query. */
function weightsOfOne(count: i32): void {
  for (let h = firstHead; h < endHead; h++) {
    const pair = h - firstHead, at = keyOffset(h);
    const x = query + <usize> (pair * width) * 4, to = scores + <usize> (pair * ROWS) * 4;
    for (let i = 0; i < count; i += 8) scoresOfOne(i, at, x, to + (i << 2));
    softmax(to, count, pair);
  }
}

/** Weights of several queries. */
function weightsOfAll(count: i32, offset: usize, bytes: usize): void {
  touch(offset, min(bytes, TOUCHED));
  for (let i = 0; i < count; i += STREAMS) {
    for (let first = firstHead; first < endHead; first += HEADS) {
      for (let key = i; key < min(i + STREAMS, count); key += 2) {
        for (let h = first; h < min(endHead, first + HEADS); h++) {
          for (let pair = (h - firstHead) * padded, end = pair + padded; pair < end; pair += TILE) {
            const x = query + <usize> (pair * width) * 4, to = scores + <usize> (pair * ROWS) * 4;
            scoresOfFive(key, keyOffset(h), x, to);
          }
        }
      }
    }
  }
  for (let h = firstHead; h < endHead; h++) {
    for (let q = 0; q < queries; q += TILE) {
      const pair = (h - firstHead) * padded + q, from = scores + <usize> (pair * ROWS) * 4;
      softmaxOfFour(from, count, pair);
      if (q + 4 < queries) softmax(from + FIFTH, count, pair + 4);
    }
  }
}

/** Adds weighted rows to the sums of one query. */
function addToOne(count: i32): void {
  for (let i = 0, eight = count & ~7; i < count; i += i < eight ? 8 : 1) {
    for (let h = firstHead; h < endHead; h++) {
      const pair = h - firstHead, weights = scores + (<usize> (pair * ROWS + i)) * 4;
      const to = output + <usize> (pair * width) * 4;
      if (i < eight) addEight(i, keyOffset(h), weights, to);
      else addOne(load<usize>(valueRows + (i << 2)) + keyOffset(h), weights, to);
    }
  }
}

/** Adds weighted rows to the sums of several queries. */
function addToAll(count: i32): void {
  for (let i = 0; i < count; i += STREAMS) {
    for (let h = firstHead; h < endHead; h++) {
      for (let pair = (h - firstHead) * padded, end = pair + padded; pair < end; pair += TILE) {
        const weights = scores + <usize> (pair * ROWS) * 4, to = output + <usize> (pair * width) * 4;
        addFive(i, min(i + STREAMS, count), keyOffset(h), weights, to);
      }
    }
  }
}

/** Bytes from the start of a row to what a head sees of it. */
// @ts-ignore: decorator
@inline
function keyOffset(h: i32): usize {
  return <usize> (h * keyHeads / heads * width) * 4;
}

/** Widens the group's part of rows, and has them lie where it is. */
function widenRows(rows: usize, count: i32, offset: usize, bytes: usize): void {
  let to = widened;
  for (let i = 0; i < count; i++, to += bytes) {
    const at = rows + (i << 2);
    widenRow(load<usize>(at) + (offset >> 1), <i32> (bytes >> 2), to);
    store<usize>(at, to - offset);
  }
}

/** Reads a value of each cache line at the start of the first streams of keys, of all at once. */
function touch(offset: usize, bytes: usize): void {
  let all = 0;
  for (const end = offset + bytes; offset < end; offset += 64) {
    for (let i = 0; i < STREAMS; i++) all ^= load<i32>(load<usize>(keyRows + (i << 2)) + offset);
  }
  store<i32>(unused, all); // or nothing would be read
}

/** The sums of four vectors each. */
// @ts-ignore: decorator
@inline
function addUp(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** One query by eight keys. */
function scoresOfOne(i: i32, offset: usize, x: usize, to: usize): void {
  const at = keyRows + (i << 2);
  let k0 = load<usize>(at) + offset, k1 = load<usize>(at, 4) + offset;
  let k2 = load<usize>(at, 8) + offset, k3 = load<usize>(at, 12) + offset;
  let k4 = load<usize>(at, 16) + offset, k5 = load<usize>(at, 20) + offset;
  let k6 = load<usize>(at, 24) + offset, k7 = load<usize>(at, 28) + offset;
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
  const bytes = <usize> width * 4;
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

/** Five queries by two keys, `[32, 4]` and the fifth query's `[32]`. */
function scoresOfFive(i: i32, offset: usize, x: usize, to: usize): void {
  const at = keyRows + (i << 2);
  let k0 = load<usize>(at) + offset, k1 = load<usize>(at, 4) + offset;
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0;
  for (const end = k0 + <usize> width * 4; k0 < end; k0 += 16, k1 += 16, x += 80) {
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
  const four = to + (i << 4);
  v128.store(four, addUp(a0, a1, a2, a3));
  v128.store(four, addUp(b0, b1, b2, b3), 16);
  v128.store64_lane(to + (i << 2), addUp(a4, b4, a4, b4), 0, FIFTH);
}

/** Scores of a query to weights `exp(s − m)`, with a new maximum `m`; scales the sums so far to match. */
function softmax(from: usize, count: i32, pair: i32): void {
  const end = from + (count << 2);
  for (let i = count; i & 3; i++) store<f32>(from + (i << 2), -Infinity);
  const old = load<f32>(maxima + (pair << 2));
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
  let sum = load<f32>(sums + (pair << 2));
  if (maximum != old) {
    const shrink = exponential(f32x4.splat(old - maximum));
    sum *= f32x4.extract_lane(shrink, 0);
    store<f32>(maxima + (pair << 2), maximum);
    scale(output + <usize> (pair * width) * 4, f32x4.extract_lane(shrink, 0));
  }
  store<f32>(
    sums + (pair << 2),
    sum + (f32x4.extract_lane(total, 0) + f32x4.extract_lane(total, 1) +
      f32x4.extract_lane(total, 2) + f32x4.extract_lane(total, 3)),
  );
}

/** The same for four queries, `[32, 4]`, with sums in the same order. */
function softmaxOfFour(from: usize, count: i32, pair: i32): void {
  const end = from + (count << 4), maximaOf = maxima + (pair << 2), sumsOf = sums + (pair << 2);
  const old = v128.load(maximaOf);
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
  let sum = v128.load(sumsOf);
  if (v128.any_true(f32x4.ne(maximum, old))) {
    const shrink = exponential(f32x4.sub(old, maximum));
    sum = f32x4.mul(sum, shrink);
    v128.store(maximaOf, maximum);
    const y = output + <usize> (pair * width) * 4, stride = <usize> width * 4;
    scale(y, f32x4.extract_lane(shrink, 0));
    scale(y + stride, f32x4.extract_lane(shrink, 1));
    scale(y + 2 * stride, f32x4.extract_lane(shrink, 2));
    scale(y + 3 * stride, f32x4.extract_lane(shrink, 3));
  }
  v128.store(sumsOf, f32x4.add(sum, f32x4.add(f32x4.add(f32x4.add(t0, t1), t2), t3)));
}

/** Scales the sums of a query. */
function scale(y: usize, factor: f32): void {
  if (factor == 1) return;
  for (const end = y + <usize> width * 4; y < end; y += 16) {
    v128.store(y, f32x4.mul(v128.load(y), f32x4.splat(factor)));
  }
}

/** Adds eight weighted rows to the sums of one query. */
function addEight(i: i32, offset: usize, weights: usize, to: usize): void {
  const at = valueRows + (i << 2);
  const v0 = load<usize>(at) + offset, v1 = load<usize>(at, 4) + offset;
  const v2 = load<usize>(at, 8) + offset, v3 = load<usize>(at, 12) + offset;
  const v4 = load<usize>(at, 16) + offset, v5 = load<usize>(at, 20) + offset;
  const v6 = load<usize>(at, 24) + offset, v7 = load<usize>(at, 28) + offset;
  const w0 = v128.load32_splat(weights), w1 = v128.load32_splat(weights, 4);
  const w2 = v128.load32_splat(weights, 8), w3 = v128.load32_splat(weights, 12);
  const w4 = v128.load32_splat(weights, 16), w5 = v128.load32_splat(weights, 20);
  const w6 = v128.load32_splat(weights, 24), w7 = v128.load32_splat(weights, 28);
  const bytes = <usize> width * 4;
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
function addOne(value: usize, weight: usize, to: usize): void {
  const w = v128.load32_splat(weight);
  for (const end = to + <usize> width * 4; to < end; to += 16, value += 16) {
    v128.store(to, multiplyAdd(w, v128.load(value), v128.load(to)));
  }
}

/** Adds rows `first` to `end`, weighted, to the sums of five queries, 8 columns at a time. */
function addFive(first: i32, end: i32, offset: usize, weights: usize, to: usize): void {
  const stride = <usize> width * 4, from = weights + (first << 4), last = weights + (end << 4);
  const fifth = weights + FIFTH + (first << 2), rows = valueRows + (first << 2);
  for (let d: usize = 0; d < stride; d += 32) {
    const y0 = to + d, y1 = y0 + stride, y2 = y1 + stride, y3 = y2 + stride, y4 = y3 + stride;
    let c00 = v128.load(y0), c01 = v128.load(y0, 16);
    let c10 = v128.load(y1), c11 = v128.load(y1, 16);
    let c20 = v128.load(y2), c21 = v128.load(y2, 16);
    let c30 = v128.load(y3), c31 = v128.load(y3, 16);
    let c40 = v128.load(y4), c41 = v128.load(y4, 16);
    const at = offset + d;
    for (let w = from, one = fifth, row = rows; w < last; w += 16, one += 4, row += 4) {
      const value = load<usize>(row) + at;
      const a = v128.load(value), b = v128.load(value, 16), four = v128.load(w);
      const w0 = v128.shuffle<i32>(four, four, 0, 0, 0, 0);
      c00 = multiplyAdd(w0, a, c00);
      c01 = multiplyAdd(w0, b, c01);
      const w1 = v128.shuffle<i32>(four, four, 1, 1, 1, 1);
      c10 = multiplyAdd(w1, a, c10);
      c11 = multiplyAdd(w1, b, c11);
      const w2 = v128.shuffle<i32>(four, four, 2, 2, 2, 2);
      c20 = multiplyAdd(w2, a, c20);
      c21 = multiplyAdd(w2, b, c21);
      const w3 = v128.shuffle<i32>(four, four, 3, 3, 3, 3);
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
