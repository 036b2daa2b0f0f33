/**
 * Attention of few queries to many rows of keys and values, as in a step of generation, where reading
 * these takes most of the time: each row is read once, for all queries and for neighbouring heads,
 * from one end to the other.
 *
 * Rows are gathered, 32 at a time. Scores are products along a row; weights times values are added row
 * by row: so no bit depends on the number of queries, nor on how heads are shared among threads.
 */
import { exponential } from "./exponential";
import { widenRow } from "./half";
import { multiplyAdd } from "./tile";
import { fill } from "./vector";
import { HALF } from "./weights";

/** Rows that are attended to at a time; a multiple of 8. Four ways of L1 hold a column of them. */
const ROWS: i32 = 32;

/** Queries of a tile; one query has kernels of its own. */
const TILE: i32 = 5;

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
 * weights, `[heads, queries, 32]`; sums, `[heads, queries, width]`; maxima and sums of weights; rows.
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
  widened = unused + 16;
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
  if (size == HALF) widenRows(keyRows, count, offset, bytes);
  // The rows that fill up a tile are read, but have no weight.
  for (let i = count; i & 7; i++) {
    store<usize>(keyRows + (i << 2), load<usize>(keyRows + ((count - 1) << 2)));
  }
  if (padded > 1 && size != HALF) fetchRows(keyRows, count, offset, bytes);
  for (let h = firstHead; h < endHead; h++) {
    const at = keyOffset(h), pair = (h - firstHead) * padded;
    const x = query + <usize> (pair * width) * 4, to = scores + <usize> (pair * ROWS) * 4;
    if (padded == 1) {
      for (let i = 0; i < count; i += 8) scoresOfOne(i, at, x, to + (i << 2));
    } else {
      for (let q = 0; q < padded; q += TILE) {
        const tile = x + <usize> (q * width) * 4, row = to + <usize> (q * ROWS) * 4;
        for (let i = 0; i < count; i += 2) scoresOfFive(i, at, tile, row + (i << 2));
      }
    }
    for (let q = 0; q < queries; q++) softmax(pair + q, count);
  }
  if (size == HALF) widenRows(valueRows, count, offset, bytes);
  else if (padded > 1) fetchRows(valueRows, count, offset, bytes);
  for (let i = 0, eight = count & ~7; i < count && padded == 1; i += i < eight ? 8 : 1) {
    for (let h = firstHead; h < endHead; h++) {
      const pair = h - firstHead, weights = scores + (<usize> (pair * ROWS + i)) * 4;
      const to = output + <usize> (pair * width) * 4;
      if (i < eight) addEight(i, keyOffset(h), weights, to);
      else addOne(load<usize>(valueRows + (i << 2)) + keyOffset(h), weights, to);
    }
  }
  if (padded == 1) return;
  for (let h = firstHead; h < endHead; h++) {
    for (let q = 0; q < padded; q += TILE) {
      const pair = (h - firstHead) * padded + q;
      addFive(count, keyOffset(h), scores + <usize> (pair * ROWS) * 4, output + <usize> (pair * width) * 4);
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

/**
 * Reads a value of each cache line, of rows in four streams, so that all are on their way before the
 * first is waited for: products alone would wait for one after the other.
 */
function fetchRows(rows: usize, count: i32, offset: usize, bytes: usize): void {
  let a = i32x4.splat(0), b = a, c = a, d = a;
  const quarter = <usize> (count >> 2) * 4;
  for (let at = rows, last = rows + quarter; at < last; at += 4) {
    let from = load<usize>(at) + offset;
    const second = load<usize>(at + quarter) + offset - from;
    const third = load<usize>(at + 2 * quarter) + offset - from;
    const fourth = load<usize>(at + 3 * quarter) + offset - from;
    for (const end = from + bytes; from < end; from += 64) {
      a = v128.xor(a, v128.load(from));
      b = v128.xor(b, v128.load(from + second));
      c = v128.xor(c, v128.load(from + third));
      d = v128.xor(d, v128.load(from + fourth));
    }
  }
  v128.store(unused, v128.xor(v128.xor(a, b), v128.xor(c, d))); // or nothing would be read
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

/** Five queries by two keys. */
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
  const first = addUp(a0, b0, a1, b1), second = addUp(a2, b2, a3, b3), third = addUp(a4, b4, a4, b4);
  v128.store64_lane(to, first, 0);
  v128.store64_lane(to, first, 1, ROWS * 4);
  v128.store64_lane(to, second, 0, ROWS * 8);
  v128.store64_lane(to, second, 1, ROWS * 12);
  v128.store64_lane(to, third, 0, ROWS * 16);
}

/** Scores to weights `exp(s − m)`, with a new maximum `m`; scales the sums so far to match. */
function softmax(pair: i32, count: i32): void {
  const from = scores + <usize> (pair * ROWS) * 4, end = from + (count << 2);
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
    const y = output + <usize> (pair * width) * 4;
    for (let d = 0; d < width * 4; d += 16) v128.store(y + d, f32x4.mul(v128.load(y + d), shrink));
  }
  store<f32>(
    sums + (pair << 2),
    sum + (f32x4.extract_lane(total, 0) + f32x4.extract_lane(total, 1) +
      f32x4.extract_lane(total, 2) + f32x4.extract_lane(total, 3)),
  );
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

/** Adds weighted rows to the sums of five queries, 8 columns at a time. */
function addFive(count: i32, offset: usize, weights: usize, to: usize): void {
  const stride = <usize> width * 4, end = weights + (count << 2);
  for (let d: usize = 0; d < stride; d += 32) {
    const y0 = to + d, y1 = y0 + stride, y2 = y1 + stride, y3 = y2 + stride, y4 = y3 + stride;
    let c00 = v128.load(y0), c01 = v128.load(y0, 16);
    let c10 = v128.load(y1), c11 = v128.load(y1, 16);
    let c20 = v128.load(y2), c21 = v128.load(y2, 16);
    let c30 = v128.load(y3), c31 = v128.load(y3, 16);
    let c40 = v128.load(y4), c41 = v128.load(y4, 16);
    const at = offset + d;
    for (let w = weights, row = valueRows; w < end; w += 4, row += 4) {
      const value = load<usize>(row) + at;
      const a = v128.load(value), b = v128.load(value, 16);
      const w0 = v128.load32_splat(w);
      c00 = multiplyAdd(w0, a, c00);
      c01 = multiplyAdd(w0, b, c01);
      const w1 = v128.load32_splat(w, ROWS * 4);
      c10 = multiplyAdd(w1, a, c10);
      c11 = multiplyAdd(w1, b, c11);
      const w2 = v128.load32_splat(w, ROWS * 8);
      c20 = multiplyAdd(w2, a, c20);
      c21 = multiplyAdd(w2, b, c21);
      const w3 = v128.load32_splat(w, ROWS * 12);
      c30 = multiplyAdd(w3, a, c30);
      c31 = multiplyAdd(w3, b, c31);
      const w4 = v128.load32_splat(w, ROWS * 16);
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
