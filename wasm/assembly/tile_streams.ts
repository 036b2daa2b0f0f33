/**
 * Tiles of five rows times panels of weights in floats that are read side by side, as eight streams are
 * read faster than one.
 *
 * Panels of 768, 1,024 or 3,072 inputs are whole pages, so that their pieces would have the same lines
 * of a cache: each stream is a piece behind the one before it. A piece is six cache lines: what a core
 * has fetched ahead of a stream while it multiplied the others' pieces. That is only 12 steps of a
 * tile, so what comes between two pieces has to be short.
 */
import { widen } from "./half";
import { multiplyAdd, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { HALF } from "./weights";

/** Rows of one tile and weights in 32 bits; or any, with another loop in the loop. */
export type One = u8;
export type Any = u16;

/** Bytes of a piece, of one or two tiles; more take so long that they are as well with longer ones. */
const PIECE: i32 = 384;

/** Most bytes of a piece of halves once they are widened: of 8 tiles. */
export const WIDENED_BYTES: usize = 2 * PIECE * 4;

/**
 * `sums = starts + A·B` for tiles of rows and panels side by side, each a piece behind the one before.
 *
 * @param a The tiles, packed `[tiles, inputs, 5]`.
 * @param b The first panel, `[inputs, 8]`; those of the others are `panelBytes` apart.
 * @param starts 8 values of each panel, which all rows share; 0 for zeros.
 * @param sums The result, `[tiles, 5, 8]` of each panel.
 * @param widened Memory for a piece of halves once they are widened.
 */
export function multiplyStreams<Rows>(
  a: usize, tiles: i32, b: usize, size: i32, panels: i32, inputs: i32, starts: usize, sums: usize,
  widened: usize,
): void {
  const isOne = sizeof<Rows>() == 1, sumBytes = isOne ? TILE_BYTES : tiles * TILE_BYTES;
  const step = isOne ? TILE_COLUMNS * 4 : TILE_COLUMNS * size;
  const steps = isOne ? PIECE / step : PIECE / step * max(1, (tiles + 1) / 2);
  const panelBytes = <usize> (inputs * step), pieceBytes = <usize> (steps * step);
  const tileBytes = <usize> inputs * (TILE_ROWS * 4);
  for (let p = 0; p < panels; p++) startSums(sums + p * sumBytes, sumBytes, starts ? starts + p * 32 : 0);
  const last = (inputs + steps - 1) / steps - 1;
  for (let i = 0; i < last + panels; i++) {
    const low = max(0, i - last), high = min(i, panels - 1);
    let k = (i - low) * steps, from = b + low * panelBytes + k * step;
    for (let p = low; p <= high; p++) {
      const depth = min(steps, inputs - k);
      let x = a + k * TILE_ROWS * 4, sum = sums + p * sumBytes;
      if (isOne) multiplyPiece(x, from, sum, depth);
      else {
        const isHalf = size == HALF;
        if (isHalf) widen(from, depth * TILE_COLUMNS, widened);
        for (const end = sum + sumBytes; sum < end; sum += TILE_BYTES, x += tileBytes) {
          multiplyPiece(x, isHalf ? widened : from, sum, depth);
        }
      }
      k -= steps;
      from += panelBytes - pieceBytes;
    }
  }
}

/** Sums of tiles to 8 values that all rows share, or to zeros. */
export function startSums(sum: usize, bytes: usize, start: usize): void {
  let low = f32x4.splat(0), high = low;
  if (start != 0) {
    low = v128.load(start);
    high = v128.load(start, 16);
  }
  for (const end = sum + bytes; sum < end; sum += 32) {
    v128.store(sum, low);
    v128.store(sum, high, 16);
  }
}

/** `C = C + A·B`, as `multiplyTile`, for a C whose rows lie one behind the other. */
// @ts-ignore: decorator
@inline
function multiplyPiece(a: usize, b: usize, c: usize, steps: i32): void {
  let c00 = v128.load(c), c01 = v128.load(c, 16);
  let c10 = v128.load(c, 32), c11 = v128.load(c, 48);
  let c20 = v128.load(c, 64), c21 = v128.load(c, 80);
  let c30 = v128.load(c, 96), c31 = v128.load(c, 112);
  let c40 = v128.load(c, 128), c41 = v128.load(c, 144);
  const end = a + (<usize> steps) * (TILE_ROWS * 4);
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16), rows = v128.load(a);
    const a0 = v128.shuffle<i32>(rows, rows, 0, 0, 0, 0);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.shuffle<i32>(rows, rows, 1, 1, 1, 1);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.shuffle<i32>(rows, rows, 2, 2, 2, 2);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.shuffle<i32>(rows, rows, 3, 3, 3, 3);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = multiplyAdd(a4, b0, c40);
    c41 = multiplyAdd(a4, b1, c41);
    a += TILE_ROWS * 4;
    b += TILE_COLUMNS * 4;
  } while (a < end);
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
