/**
 * Scores of attention from keys in 8 bits. Eight queries are packed as a panel of weights is, and keys
 * as rows, so that `multiplyQuantized` makes their scores.
 */
import { flips, HEAD, integersOf, multiplyQuantized, products, WORDS } from "./byte_products";
import { copyHead, paddedHead } from "./head_bytes";
import { inverseOf, sixteen, storeLanes } from "./quantize";
import { TILE_COLUMNS, TILE_ROWS } from "./tile";

/** Bytes of eight numbers. */
const EIGHT: usize = TILE_COLUMNS * 4;

/** Bytes of a widest head as floats; of what scores need beside packed keys and queries. */
const ROW: usize = 256 * 4;

/** Bytes of eight packed queries: a panel, and where words are multiplied its integers as words. */
export function queryPanel(width: i32): usize {
  return HEAD + <usize> (paddedHead(width) * TILE_COLUMNS) * (products == WORDS ? 3 : 1);
}

/** Packs queries as panels, their steps times the scale; missing ones as zeros. */
export function packQueries(
  from: usize, stride: usize, count: i32, width: i32, scale: f32, to: usize, scratch: usize,
): void {
  const panel = queryPanel(width), padded = paddedHead(width), zeros = scratch + ROW;
  memory.fill(zeros, 0, ROW);
  if (count & 7) memory.fill(to + <usize> (count >> 3) * panel, 0, panel);
  for (let i = 0; i < count; i++, from += stride) {
    const eight = to + <usize> (i >> 3) * panel, step = eight + ((i & 7) << 2);
    copyHead(from, zeros, width, scratch);
    const factor = f32x4.splat(inverseOf(scratch, padded, step));
    store<f32>(step, load<f32>(step) * scale);
    let sums = i32x4.splat(0), at = step + HEAD;
    for (let d = 0; d < padded; d += 16, at += 4 * EIGHT) {
      const bytes = sixteen(scratch + (d << 2), factor);
      storeLanes(at, EIGHT, bytes);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(bytes)));
    }
    const sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) +
      i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    store<i32>(step, -128 * sum, EIGHT);
    if ((i & 7) == 7 || i == count - 1) integersOf(eight, padded >> 2, wordsOf(eight, padded));
  }
}

/** Where the words of a panel are. */
// @ts-ignore: decorator
@inline
function wordsOf(eight: usize, padded: i32): usize {
  return eight + HEAD + <usize> (padded * TILE_COLUMNS);
}

/**
 * Packs keys, whose addresses lie one behind the other, as `quantizeRows` does; the last one fills the
 * last tile.
 *
 * @param stepAt Bytes from a key to its step.
 * @param steps Where the steps go.
 */
export function packByteKeys(
  rows: usize, count: i32, width: i32, stepAt: usize, to: usize, steps: usize,
): void {
  const padded = <usize> paddedHead(width), asWords = products == WORDS, mask = flips();
  const tile = padded * TILE_ROWS * (asWords ? 2 : 1), others = padded * TILE_ROWS;
  for (let i = 0; i % TILE_ROWS > 0 || i < count; i++) {
    const key = load<usize>(rows + (min(i, count - 1) << 2));
    store<f32>(steps + (i << 2), load<f32>(key + stepAt));
    let at = to + i / TILE_ROWS * tile + (i % TILE_ROWS << 2);
    for (let d: usize = 0; d < padded; d += 16, at += TILE_ROWS * 16) {
      const bytes = v128.load(key + d);
      if (asWords) {
        storeLanes(at, TILE_ROWS * 4, i16x8.shr_s(i16x8.shl(bytes, 8), 8));
        storeLanes(at + others, TILE_ROWS * 4, i16x8.shr_s(bytes, 8));
      } else {
        storeLanes(at, TILE_ROWS * 4, v128.xor(bytes, mask));
      }
    }
  }
}

/** Scores of eight queries and packed keys `low`, a multiple of 5, to `high`: `[keys, 8]`. */
export function byteScores(
  keys: usize, eight: usize, low: i32, high: i32, width: i32, steps: usize, scores: usize,
  zeros: usize,
): void {
  const padded = paddedHead(width), asWords = products == WORDS;
  const size = <usize> padded * (asWords ? 2 : 1);
  const b = asWords ? wordsOf(eight, padded) : eight + HEAD;
  for (let k = low; k < high; k += TILE_ROWS, scores += TILE_ROWS * EIGHT) {
    const a = keys + <usize> k * size, step = steps + (k << 2);
    multiplyQuantized(a, eight, b, padded >> 2, step, zeros, 0, scores, EIGHT);
  }
}
