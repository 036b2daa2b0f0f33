/**
 * Attention of few queries to many rows of keys and values, as in a step of generation, where
 * reading these takes most of the time: each row is read once, for all queries and for neighbouring
 * heads.
 *
 * Rows are gathered, 32 at a time, and read as eight streams, a short piece of each at a time: so a
 * core fetches the others ahead while it multiplies. A stream goes on from the end of a row to the
 * next. Scores are products along a row; weights times values are added row by row: so no bit depends
 * on the number of queries, nor on how heads are shared among threads.
 */
import { products, WORDS } from "./byte_products";
import { widenRow } from "./half";
import { paddedHead } from "./head_bytes";
import {
  addBytes, BESIDE, byteScoresOfFive, byteScoresOfOne, roundQuery, scaleWeights,
} from "./query_bytes";
import {
  addEight, addFive, addOne, FIFTH, ROWS, scoresOfFive, scoresOfOne, softmax, softmaxOfFour,
} from "./query_tile";
import { finishRow, partialBytes } from "./row_chunks";
import { sharers } from "./turns";
import { fill } from "./vector";
import { HALF } from "./weights";

/** Rows that are read side by side. */
const STREAMS: i32 = 8;

/** Heads whose keys are read before the next row's. */
const HEADS: i32 = 2;

/** Bytes at the start of each stream of keys that are on their way before one is waited for. */
const TOUCHED: usize = 384;

/** Queries of a tile; one query has kernels of its own. */
const TILE: i32 = 5;

/** Most queries. */
const FEW: i32 = 20;

/** Most values of the queries of a group of heads, and most of its heads times queries. */
const MOST_VALUES: i32 = 32768;
const MOST_PAIRS: i32 = 1024;

/** Most values of a row that a group of heads sees: so many are widened at a time, of each row. */
const MOST_WIDENED: i32 = 2048;

/** Bytes of an integer, and values of the widest head. */
const BYTE: i32 = 1;
const WIDEST: i32 = 256;

/** The group that a thread works on; each thread has a copy of the module. */
let queries: i32, padded: i32, width: i32, firstHead: i32, endHead: i32;
/** Heads of all queries and of all keys. */
let heads: i32, keyHeads: i32;
/**
 * Parts of the scratch memory: queries by tiles, `[heads, tiles, width/4, 5, 4]`; scores, then
 * weights, `[heads, queries, 32]`, of tiles `[32, 4]` and `[32]`; sums, `[heads, queries, width]`;
 * maxima and sums of weights; rows.
 */
let query: usize, scores: usize, output: usize, maxima: usize, sums: usize;
let keyRows: usize, valueRows: usize, unused: usize;
/** Rows that were in half precision. */
let widened: usize;
/**
 * Queries that were rounded, by tiles: `[heads, tiles, width/16, 5, 16]`, behind each tile the starts
 * and the steps; and where they came from, with the scale.
 */
let rounded: usize, head: usize, source: usize, sourceStride: usize, scaleOfAll: f32, isRounded: bool;
/** Gathered rows; bytes of a number of theirs; whether there was none yet. */
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
  const most = min(pairs, MOST_WIDENED / headWidth), sharing = sharers(threads);
  return max(1, min(most, (heads + sharing - 1) / sharing));
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
  head = widened + ROWS * MOST_WIDENED * 4;
  rounded = head + 2 * WIDEST * 4;
  source = from;
  sourceStride = stride;
  scaleOfAll = scale;
  isRounded = false;
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

/** Sets the bytes of a number, 4, 2 or 1, of the rows that come next. */
export function useSize(bytes: i32): void {
  if (bytes != size && gathered > 0) attendGathered();
  size = bytes;
  if (size == BYTE && !isRounded) roundQueries();
}

function roundQueries(): void {
  isRounded = true;
  const values = paddedHead(width), one = values + BESIDE, pairs = (endHead - firstHead) * padded;
  memory.fill(rounded, 0, pairs * one);
  memory.fill(head + (values << 2), 0, values << 2);
  const tile = padded == 1 ? 1 : TILE;
  for (let h = firstHead; h < endHead; h++) {
    for (let q = 0; q < queries; q++) {
      const at = rounded + <usize> (((h - firstHead) * padded + q / tile * tile) * one), i = q % tile;
      const start = at + tile * values + (i << 2), from = source + q * sourceStride + h * width * 4;
      const to = at + (i << 4), stride = <usize> tile << 4, step = start + (tile << 2);
      roundQuery(from, width, scaleOfAll, to, stride, start, step, head);
    }
  }
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
    if (isMasked || isEmpty) fill(y, 0, width);
    else finishRow(output + <usize> (pair * width) * 4, load<f32>(sums + (pair << 2)), y, width);
  }
}

/**
 * Writes, for each head of the group and each query, its weighted sums, the sum of its weights and
 * their maximum, which is -Infinity if there was no row.
 *
 * @param to Where those of all heads go, `[heads, queries]`.
 */
export function keepRows(to: usize): void {
  if (gathered > 0) attendGathered();
  const bytes = <usize> width * 4, stride = partialBytes(width);
  for (let h = firstHead; h < endHead; h++) {
    for (let q = 0; q < queries; q++) {
      const pair = (h - firstHead) * padded + q, at = to + (h * queries + q) * stride;
      memory.copy(at, output + pair * bytes, bytes);
      store<f32>(at + bytes, load<f32>(sums + (pair << 2)));
      store<f32>(at + bytes, isEmpty ? -Infinity : load<f32>(maxima + (pair << 2)), 4);
    }
  }
}

function attendGathered(): void {
  isEmpty = false;
  const count = gathered;
  gathered = 0;
  const offset = keyOffset(firstHead), bytes = keyOffset(endHead - 1) + headBytes() - offset;
  if (size < 4) {
    const shift = size == HALF ? 1 : 0;
    touchRows(keyRows, count, offset >> shift, bytes >> shift);
    touchRows(valueRows, count, offset >> shift, bytes >> shift);
    if (size == HALF) widenRows(keyRows, count, offset, bytes);
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
  const bytes = <usize> width * 4;
  scoreGathered(count);
  for (let h = firstHead; h < endHead; h++) {
    const pair = h - firstHead, to = scores + <usize> (pair * ROWS) * 4;
    softmax(to, count, maxima + (pair << 2), sums + (pair << 2), output + pair * bytes, bytes);
    if (size == BYTE) scaleWeights(valueRows, count, stepOffset(h), 1, to);
  }
}

/** Scores of one query: rows for all heads before the next rows, as streams begin slowly. */
function scoreGathered(count: i32): void {
  if (size == BYTE) return scoreBytes(count);
  const bytes = <usize> width * 4;
  for (let i = 0; i < count; i += 8) {
    for (let h = firstHead; h < endHead; h++) {
      const pair = h - firstHead, to = scores + (<usize> (pair * ROWS + i) << 2);
      scoresOfOne(keyRows + (i << 2), keyOffset(h), bytes, query + pair * bytes, to);
    }
  }
}

/** Scores of one query and keys in 8 bits, which are in the cache already. */
function scoreBytes(count: i32): void {
  const values = headBytes();
  for (let h = firstHead; h < endHead; h++) {
    const pair = h - firstHead, offset = keyOffset(h), step = stepOffset(h), x = roundedAt(pair);
    for (let i = 0; i < count; i += 4) {
      const at = keyRows + (i << 2), to = scores + (<usize> (pair * ROWS + i) << 2);
      if (products == WORDS) byteScoresOfOne<i16>(at, offset, step, values, x, to);
      else byteScoresOfOne<i8>(at, offset, step, values, x, to);
    }
  }
}

/** Weights of several queries. */
function weightsOfAll(count: i32, offset: usize, rowBytes: usize): void {
  touch(offset, min(rowBytes, TOUCHED));
  const bytes = <usize> width * 4;
  for (let i = 0; i < count; i += STREAMS) {
    for (let first = firstHead; first < endHead; first += HEADS) {
      for (let key = i; key < min(i + STREAMS, count); key += 2) {
        for (let h = first; h < min(endHead, first + HEADS); h++) {
          for (let pair = (h - firstHead) * padded, end = pair + padded; pair < end; pair += TILE) {
            const four = scores + <usize> (pair * ROWS) * 4, fifth = four + FIFTH + (key << 2);
            const at = keyRows + (key << 2), x = query + pair * bytes, to = four + (key << 4);
            if (size != BYTE) scoresOfFive(at, keyOffset(h), bytes, x, to, fifth);
            else scoresOfBytes(at, h, pair, to, fifth);
          }
        }
      }
    }
  }
  for (let h = firstHead; h < endHead; h++) {
    for (let q = 0; q < queries; q += TILE) {
      const pair = (h - firstHead) * padded + q, from = scores + <usize> (pair * ROWS) * 4;
      const most = maxima + (pair << 2), sum = sums + (pair << 2), y = output + pair * bytes;
      softmaxOfFour(from, count, most, sum, y, bytes);
      if (q + 4 < queries) softmax(from + FIFTH, count, most + 16, sum + 16, y + 4 * bytes, bytes);
      if (size != BYTE) continue;
      scaleWeights(valueRows, count, stepOffset(h), 4, from);
      scaleWeights(valueRows, count, stepOffset(h), 1, from + FIFTH);
    }
  }
}

/** Scores of a tile of queries and two keys in 8 bits. */
function scoresOfBytes(at: usize, h: i32, pair: i32, four: usize, fifth: usize): void {
  const offset = keyOffset(h), step = stepOffset(h), values = headBytes(), x = roundedAt(pair);
  if (products == WORDS) byteScoresOfFive<i16>(at, offset, step, values, x, four, fifth);
  else byteScoresOfFive<i8>(at, offset, step, values, x, four, fifth);
}

/** Adds weighted rows to the sums of one query. */
function addToOne(count: i32): void {
  const bytes = <usize> width * 4;
  if (size == BYTE) {
    for (let h = firstHead; h < endHead; h++) {
      const pair = h - firstHead, weights = scores + <usize> (pair * ROWS) * 4;
      addBytes(valueRows, count, keyOffset(h), bytes, weights, output + pair * bytes);
    }
    return;
  }
  for (let i = 0, eight = count & ~7; i < count; i += i < eight ? 8 : 1) {
    for (let h = firstHead; h < endHead; h++) {
      const pair = h - firstHead, weights = scores + (<usize> (pair * ROWS + i)) * 4;
      const to = output + pair * bytes, at = valueRows + (i << 2);
      if (i < eight) addEight(at, keyOffset(h), bytes, weights, to);
      else addOne(load<usize>(at) + keyOffset(h), bytes, weights, to);
    }
  }
}

/** Adds weighted rows to the sums of several queries. */
function addToAll(count: i32): void {
  const bytes = <usize> width * 4;
  for (let i = 0; i < count; i += STREAMS) {
    for (let h = firstHead; h < endHead; h++) {
      for (let pair = (h - firstHead) * padded, end = pair + padded; pair < end; pair += TILE) {
        const weights = scores + <usize> (pair * ROWS) * 4, fifth = weights + FIFTH + (i << 2);
        const some = min(STREAMS, count - i), to = output + pair * bytes, at = valueRows + (i << 2);
        if (size == BYTE) addFive<i8>(at, some, keyOffset(h), bytes, weights + (i << 4), fifth, to);
        else addFive<f32>(at, some, keyOffset(h), bytes, weights + (i << 4), fifth, to);
      }
    }
  }
}

/** Bytes of what a head sees of a row. */
// @ts-ignore: decorator
@inline
function headBytes(): usize {
  return size == BYTE ? paddedHead(width) : width << 2;
}

/** Bytes from the start of a row to what a head sees of it. */
// @ts-ignore: decorator
@inline
function keyOffset(h: i32): usize {
  return <usize> (h * keyHeads / heads) * headBytes();
}

/** Bytes from the start of a row of integers to the step of what a head sees of it. */
// @ts-ignore: decorator
@inline
function stepOffset(h: i32): usize {
  return <usize> (keyHeads * paddedHead(width) + (h * keyHeads / heads << 2));
}

/** Where the rounded query of a pair, or the tile that begins with it, is. */
// @ts-ignore: decorator
@inline
function roundedAt(pair: i32): usize {
  return rounded + <usize> (pair * (paddedHead(width) + BESIDE));
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

/** Reads a value of each cache line of rows of fewer bits, of all at once, as they are short. */
function touchRows(rows: usize, count: i32, offset: usize, bytes: usize): void {
  let all = 0;
  for (const end = rows + (count << 2); rows < end; rows += 4) {
    const row = load<usize>(rows) + offset;
    for (let at: usize = 0; at < bytes; at += 64) all ^= load<i32>(row + at);
  }
  store<i32>(unused, all); // or nothing would be read
}

/** Reads a value of each cache line at the start of the first streams of keys, of all at once. */
function touch(offset: usize, bytes: usize): void {
  let all = 0;
  for (const end = offset + bytes; offset < end; offset += 64) {
    for (let i = 0; i < STREAMS; i++) all ^= load<i32>(load<usize>(keyRows + (i << 2)) + offset);
  }
  store<i32>(unused, all); // or nothing would be read
}
