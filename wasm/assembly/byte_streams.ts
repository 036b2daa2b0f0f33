/**
 * Few rows of integers times panels of weights that are read side by side, each a short piece behind
 * the one before it, as in tile_streams.ts. Where words are multiplied, bytes of weights are widened as
 * they are read.
 */
import { dot, dotOfWords, HEAD, products, startsOf, storeRow, WORDS } from "./byte_products";
import { BLOCK, panelBytes } from "./quantize";
import { TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { startSums } from "./tile_streams";

/** Fours of products, and bytes, of a piece of a stream. */
const QUADS: i32 = 16;
const PIECE: i32 = QUADS * TILE_COLUMNS * 4;

/**
 * `y = starts + A·B` for whole tiles of rows and panels side by side.
 *
 * @param a Rows as `quantizeRows` packs them, block by block, each behind its steps.
 * @param blockBytes Bytes of a block with its steps, and of the steps.
 * @param weight The first panel.
 * @param padded Values of a row with its padding.
 * @param starts 8 values of each panel, which all rows share.
 * @param sums Memory for integers.
 * @param y The result, `[panels, tiles, 5, 8]`, as long as `sums`.
 */
export function multiplyByteStreams(
  a: usize, blockBytes: usize, stepBytes: usize, weight: usize, inputs: i32, padded: i32, panels: i32,
  tiles: i32, starts: usize, sums: usize, y: usize,
): void {
  const bytes = panelBytes(inputs), all = tiles * TILE_BYTES;
  for (let k = 0; k < padded; k += BLOCK, a += blockBytes, weight += HEAD + BLOCK * TILE_COLUMNS) {
    const quads = min(BLOCK, padded - k) >> 2;
    for (let p = 0; p < panels; p++) startSums(sums + p * all, all, startsOf(weight + p * bytes));
    if (ASC_FEATURE_RELAXED_SIMD && products != WORDS) {
      addProducts<i8>(a + stepBytes, weight + HEAD, bytes, quads, panels, tiles, sums);
    } else addProducts<i16>(a + stepBytes, weight + HEAD, bytes, quads, panels, tiles, sums);
    for (let p = 0; p < panels; p++) {
      const from = k > 0 ? y + p * all : starts + (p << 5);
      toFloats(sums + p * all, weight + p * bytes, a, tiles, from, k > 0 ? 32 : 0, y + p * all);
    }
  }
}

/** Adds products of a block, which are of bytes, or of words of 16 bits. */
function addProducts<Factor>(
  a: usize, b: usize, panelBytes: usize, quads: i32, panels: i32, tiles: i32, sums: usize,
): void {
  const all = tiles * TILE_BYTES, tile = <usize> quads * (TILE_ROWS * 4 * sizeof<Factor>());
  const last = (quads + QUADS - 1) / QUADS - 1;
  for (let i = 0; i < last + panels; i++) {
    const low = max(0, i - last), high = min(i, panels - 1);
    let quad = (i - low) * QUADS, from = b + low * panelBytes + (quad << 5);
    for (let p = low; p <= high; p++) {
      const some = min(QUADS, quads - quad);
      let x = a + quad * TILE_ROWS * 4, c = sums + p * all;
      for (const end = c + all; c < end; c += TILE_BYTES, x += tile) {
        if (sizeof<Factor>() == 1) multiplyBytes(x, from, c, some);
        else multiplyWords(x, tile >> 1, from, c, some);
      }
      quad -= QUADS;
      from += panelBytes - PIECE;
    }
  }
}

/** `y = from + sums · steps of the weights · steps of the rows`. */
function toFloats(
  sum: usize, panel: usize, step: usize, tiles: i32, from: usize, fromStride: usize, y: usize,
): void {
  const w0 = v128.load(panel), w1 = v128.load(panel, 16);
  for (const end = sum + tiles * TILE_BYTES; sum < end; sum += 32, step += 4, y += 32) {
    storeRow(v128.load(sum), v128.load(sum, 16), w0, w1, step, from, y);
    from += fromStride;
  }
}

/** Adds the products of a piece and a tile of bytes. */
function multiplyBytes(a: usize, b: usize, c: usize, quads: i32): void {
  let c00 = v128.load(c), c01 = v128.load(c, 16);
  let c10 = v128.load(c, 32), c11 = v128.load(c, 48);
  let c20 = v128.load(c, 64), c21 = v128.load(c, 80);
  let c30 = v128.load(c, 96), c31 = v128.load(c, 112);
  let c40 = v128.load(c, 128), c41 = v128.load(c, 144);
  for (const end = b + (quads << 5); b < end; a += TILE_ROWS * 4, b += TILE_COLUMNS * 4) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), rows = v128.load(a);
    const a0 = v128.shuffle<i32>(rows, rows, 0, 0, 0, 0);
    c00 = dot(b0, a0, c00);
    c01 = dot(b1, a0, c01);
    const a1 = v128.shuffle<i32>(rows, rows, 1, 1, 1, 1);
    c10 = dot(b0, a1, c10);
    c11 = dot(b1, a1, c11);
    const a2 = v128.shuffle<i32>(rows, rows, 2, 2, 2, 2);
    c20 = dot(b0, a2, c20);
    c21 = dot(b1, a2, c21);
    const a3 = v128.shuffle<i32>(rows, rows, 3, 3, 3, 3);
    c30 = dot(b0, a3, c30);
    c31 = dot(b1, a3, c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = dot(b0, a4, c40);
    c41 = dot(b1, a4, c41);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
  v128.store(c, c40, 128);
  v128.store(c, c41, 144);
}

/**
 * The same of words: of the first and the third of each four values, then of the others. One loop for
 * both, its shift a variable, takes 1.06 times as long.
 *
 * @param others Bytes from the ones of a row to the others.
 */
function multiplyWords(a: usize, others: usize, b: usize, c: usize, quads: i32): void {
  let c00 = v128.load(c), c01 = v128.load(c, 16);
  let c10 = v128.load(c, 32), c11 = v128.load(c, 48);
  let c20 = v128.load(c, 64), c21 = v128.load(c, 80);
  let c30 = v128.load(c, 96), c31 = v128.load(c, 112);
  let c40 = v128.load(c, 128), c41 = v128.load(c, 144);
  const bytes = quads << 5, end = b + bytes;
  let x = a;
  for (; b < end; x += TILE_ROWS * 4, b += TILE_COLUMNS * 4) {
    const b0 = i16x8.shr_s(i16x8.shl(v128.load(b), 8), 8);
    const b1 = i16x8.shr_s(i16x8.shl(v128.load(b, 16), 8), 8);
    const rows = v128.load(x);
    const a0 = v128.shuffle<i32>(rows, rows, 0, 0, 0, 0);
    c00 = dotOfWords(b0, a0, c00);
    c01 = dotOfWords(b1, a0, c01);
    const a1 = v128.shuffle<i32>(rows, rows, 1, 1, 1, 1);
    c10 = dotOfWords(b0, a1, c10);
    c11 = dotOfWords(b1, a1, c11);
    const a2 = v128.shuffle<i32>(rows, rows, 2, 2, 2, 2);
    c20 = dotOfWords(b0, a2, c20);
    c21 = dotOfWords(b1, a2, c21);
    const a3 = v128.shuffle<i32>(rows, rows, 3, 3, 3, 3);
    c30 = dotOfWords(b0, a3, c30);
    c31 = dotOfWords(b1, a3, c31);
    const a4 = v128.load32_splat(x, 16);
    c40 = dotOfWords(b0, a4, c40);
    c41 = dotOfWords(b1, a4, c41);
  }
  x = a + others;
  for (b -= bytes; b < end; x += TILE_ROWS * 4, b += TILE_COLUMNS * 4) {
    const b0 = i16x8.shr_s(v128.load(b), 8), b1 = i16x8.shr_s(v128.load(b, 16), 8);
    const rows = v128.load(x);
    const a0 = v128.shuffle<i32>(rows, rows, 0, 0, 0, 0);
    c00 = dotOfWords(b0, a0, c00);
    c01 = dotOfWords(b1, a0, c01);
    const a1 = v128.shuffle<i32>(rows, rows, 1, 1, 1, 1);
    c10 = dotOfWords(b0, a1, c10);
    c11 = dotOfWords(b1, a1, c11);
    const a2 = v128.shuffle<i32>(rows, rows, 2, 2, 2, 2);
    c20 = dotOfWords(b0, a2, c20);
    c21 = dotOfWords(b1, a2, c21);
    const a3 = v128.shuffle<i32>(rows, rows, 3, 3, 3, 3);
    c30 = dotOfWords(b0, a3, c30);
    c31 = dotOfWords(b1, a3, c31);
    const a4 = v128.load32_splat(x, 16);
    c40 = dotOfWords(b0, a4, c40);
    c41 = dotOfWords(b1, a4, c41);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
  v128.store(c, c40, 128);
  v128.store(c, c41, 144);
}
