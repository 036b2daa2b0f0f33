/**
 * Scores of attention from keys in 8 bits: products of bytes where they are exact, else of the same
 * integers as floats, whose sums are exact too as they stay below 2²⁴.
 */
import { areExactBytes, areUnsignedBytes, dot } from "./byte_products";
import { bytesAt, copyHead, integersAt, paddedHead, stepOf } from "./head_bytes";
import { multiplyTile, packFive, TILE_COLUMNS, TILE_ROWS } from "./tile";

/** What makes signed bytes unsigned ones, 128 larger. */
const FLIP = memory.data<u32>([0x80808080]);

/** Bytes of the steps and of the starts of eight queries. */
const STEPS: usize = TILE_COLUMNS * 4;
const HEAD: usize = 2 * STEPS;

/** Most queries are packed through these: a head of 256 values as floats, and zeros. */
const ROW: usize = 256 * 4;

/** Bytes that scores need beside packed keys and queries. */
export const BYTE_SCRATCH: usize = 5 * ROW;

/** Bytes of eight packed queries. */
export function queryPanel(width: i32): usize {
  return HEAD + <usize> (paddedHead(width) * TILE_COLUMNS) * (areExactBytes() ? 1 : 4);
}

/**
 * Packs queries as columns: for each eight their steps times the scale, the starts of their sums, and
 * integers, `[quads, 8, 4]` bytes or `[width, 8]` floats; missing ones as zeros.
 */
export function packQueries(
  from: usize, stride: usize, count: i32, width: i32, scale: f32, to: usize, scratch: usize,
): void {
  const panel = queryPanel(width), padded = paddedHead(width), exact = areExactBytes();
  const zeros = scratch + ROW;
  memory.fill(zeros, 0, ROW);
  if (count & 7) memory.fill(to + <usize> (count >> 3) * panel, 0, panel);
  for (let i = 0; i < count; i++) {
    const eight = to + <usize> (i >> 3) * panel, lane = <usize> (i & 7) << 2;
    copyHead(from + i * stride, zeros, width, scratch);
    store<f32>(eight + lane, stepOf(scratch, padded) * scale);
    let at = eight + HEAD + lane;
    if (!exact) {
      for (let d = 0; d < padded; d += 4, at += 4 * STEPS) {
        const four = f32x4.convert_i32x4_s(integersAt(scratch + (d << 2)));
        v128.store32_lane(at, four, 0);
        v128.store32_lane(at, four, 1, STEPS);
        v128.store32_lane(at, four, 2, 2 * STEPS);
        v128.store32_lane(at, four, 3, 3 * STEPS);
      }
      continue;
    }
    let sums = i32x4.splat(0);
    for (let d = 0; d < padded; d += 16, at += 4 * STEPS) {
      const bytes = bytesAt(scratch + (d << 2));
      v128.store32_lane(at, bytes, 0);
      v128.store32_lane(at, bytes, 1, STEPS);
      v128.store32_lane(at, bytes, 2, 2 * STEPS);
      v128.store32_lane(at, bytes, 3, 3 * STEPS);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(bytes)));
    }
    const sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) +
      i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    store<i32>(eight + STEPS + lane, areUnsignedBytes() ? -128 * sum : 0);
  }
}

/**
 * Packs keys, whose addresses lie one behind the other, as rows: `[⌈count/5⌉, quads, 5, 4]` bytes or
 * `[⌈count/5⌉, width, 5]` floats; the last one fills the last tile.
 *
 * @param stepAt Bytes from a key to its step.
 * @param steps Where the steps go.
 */
export function packByteKeys(
  rows: usize, count: i32, width: i32, stepAt: usize, to: usize, steps: usize, scratch: usize,
): void {
  const padded = <usize> paddedHead(width), exact = areExactBytes();
  const flip = areUnsignedBytes() ? v128.load32_splat(FLIP) : i32x4.splat(0);
  const most = (count + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  for (let i = 0, row = 0; i < most; i++) {
    const key = load<usize>(rows + (min(i, count - 1) << 2));
    store<f32>(steps + (i << 2), load<f32>(key + stepAt));
    if (exact) {
      let at = to + (row << 2);
      for (let d: usize = 0; d < padded; d += 16, at += 4 * TILE_ROWS * 4) {
        const bytes = v128.xor(v128.load(key + d), flip);
        v128.store32_lane(at, bytes, 0);
        v128.store32_lane(at, bytes, 1, TILE_ROWS * 4);
        v128.store32_lane(at, bytes, 2, 2 * TILE_ROWS * 4);
        v128.store32_lane(at, bytes, 3, 3 * TILE_ROWS * 4);
      }
    } else {
      const floats = scratch + row * ROW;
      for (let d: usize = 0; d < padded; d += 8) {
        const eight = v128.load8x8_s(key + d);
        v128.store(floats + (d << 2), f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)));
        v128.store(floats + (d << 2), f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), 16);
      }
    }
    if (++row < TILE_ROWS) continue;
    row = 0;
    if (!exact) {
      const at = scratch, third = at + 2 * ROW;
      packFive(at, at + ROW, third, third + ROW, third + 2 * ROW, <i32> padded, to);
    }
    to += padded * TILE_ROWS * (exact ? 1 : 4);
  }
}

/**
 * Scores of eight queries and keys `low` to `high` of packed ones, `low` a multiple of 5: `[keys, 8]`.
 */
export function byteScores(
  keys: usize, eight: usize, low: i32, high: i32, width: i32, steps: usize, scores: usize,
): void {
  const padded = paddedHead(width), exact = areExactBytes();
  const bytes = <usize> padded * (exact ? 1 : 4);
  for (let k = low; k < high; k += TILE_ROWS, scores += TILE_ROWS * STEPS) {
    const a = keys + <usize> k * bytes, step = steps + (k << 2);
    if (exact) multiplyTileOfBytes(a, eight, padded >> 2, step, scores);
    else {
      multiplyTile(a, eight + HEAD, scores, STEPS, padded, 0);
      for (let i = 0; i < TILE_ROWS; i++) {
        const at = scores + <usize> i * STEPS;
        scaleRow(v128.load(at), v128.load(at, 16), eight, step + (i << 2), at);
      }
    }
  }
}

/** `sum · step of the query · step of the key`, of eight queries. */
// @ts-ignore: decorator
@inline
function scaleRow(low: v128, high: v128, queries: usize, key: usize, to: usize): void {
  const step = v128.load32_splat(key);
  v128.store(to, f32x4.mul(f32x4.mul(low, v128.load(queries)), step));
  v128.store(to, f32x4.mul(f32x4.mul(high, v128.load(queries, 16)), step), 16);
}

/** Scores of five keys and eight queries. */
function multiplyTileOfBytes(a: usize, eight: usize, quads: i32, steps: usize, c: usize): void {
  let c00 = v128.load(eight, STEPS), c01 = v128.load(eight, STEPS + 16);
  let c10 = c00, c11 = c01;
  let c20 = c00, c21 = c01;
  let c30 = c00, c31 = c01;
  let c40 = c00, c41 = c01;
  let b = eight + HEAD;
  const end = a + <usize> quads * (TILE_ROWS * 4);
  do {
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
    a += TILE_ROWS * 4;
    b += TILE_COLUMNS * 4;
  } while (a < end);
  storeRow(c00, c01, eight, steps, c);
  storeRow(c10, c11, eight, steps + 4, c + STEPS);
  storeRow(c20, c21, eight, steps + 8, c + 2 * STEPS);
  storeRow(c30, c31, eight, steps + 12, c + 3 * STEPS);
  storeRow(c40, c41, eight, steps + 16, c + 4 * STEPS);
}

// @ts-ignore: decorator
@inline
function storeRow(low: v128, high: v128, queries: usize, key: usize, to: usize): void {
  scaleRow(f32x4.convert_i32x4_s(low), f32x4.convert_i32x4_s(high), queries, key, to);
}
