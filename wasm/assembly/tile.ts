/**
 * The inner kernel of matrix products: a tile of 5 rows and 8 columns in registers.
 *
 * 10 accumulators, 2 vectors of B, 1 of A and 2 of splatted values: 15 of the 16 registers that V8
 * has on x86-64. 6×8 and 8×8 tiles spill and reach three quarters of the speed.
 */

/** Rows of a tile. */
export const TILE_ROWS: i32 = 5;

/** Columns of a tile. */
export const TILE_COLUMNS: i32 = 8;

/** Bytes of a tile's sums. */
export const TILE_BYTES: usize = TILE_ROWS * TILE_COLUMNS * 4;

/** `a·b + c`, fused where the build has relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * `C = start + A·B` for one tile.
 *
 * @param a A packed `[steps, 5]`.
 * @param b B packed `[steps, 8]`.
 * @param c C, its rows `stride` bytes apart.
 * @param stride Bytes from one row of C to the next.
 * @param steps Terms of each sum; ≥ 1.
 * @param start Address of the initial sums: 8 values that all rows share, 0 for zeros, or `c` for C
 * itself.
 */
export function multiplyTile(
  a: usize,
  b: usize,
  c: usize,
  stride: usize,
  steps: i32,
  start: usize,
): void {
  let c00 = f32x4.splat(0), c01 = c00;
  let c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00;
  if (start == c) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c + stride);
    c11 = v128.load(c + stride, 16);
    c20 = v128.load(c + 2 * stride);
    c21 = v128.load(c + 2 * stride, 16);
    c30 = v128.load(c + 3 * stride);
    c31 = v128.load(c + 3 * stride, 16);
    c40 = v128.load(c + 4 * stride);
    c41 = v128.load(c + 4 * stride, 16);
  } else if (start != 0) {
    c00 = v128.load(start);
    c01 = v128.load(start, 16);
    c10 = c00;
    c11 = c01;
    c20 = c00;
    c21 = c01;
    c30 = c00;
    c31 = c01;
    c40 = c00;
    c41 = c01;
  }
  const end = a + (<usize> steps) * 20;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const rows = v128.load(a);
    const a0 = i8x16.shuffle(rows, rows, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = i8x16.shuffle(rows, rows, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = i8x16.shuffle(rows, rows, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = i8x16.shuffle(
      rows, rows, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15,
    );
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = multiplyAdd(a4, b0, c40);
    c41 = multiplyAdd(a4, b1, c41);
    a += 20;
    b += 32;
  } while (a < end);
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + stride, c10);
  v128.store(c + stride, c11, 16);
  v128.store(c + 2 * stride, c20);
  v128.store(c + 2 * stride, c21, 16);
  v128.store(c + 3 * stride, c30);
  v128.store(c + 3 * stride, c31, 16);
  v128.store(c + 4 * stride, c40);
  v128.store(c + 4 * stride, c41, 16);
}

/** Copies `columns` values of each row of a tile; strides are bytes from one row to the next. */
export function copyTile(
  from: usize, fromStride: usize, to: usize, toStride: usize, rows: i32, columns: i32,
): void {
  for (let i = 0; i < rows; i++) memory.copy(to + i * toStride, from + i * fromStride, columns * 4);
}

/**
 * Packs rows of A as `multiplyTile` needs them: `[⌈rows/5⌉, steps, 5]`, missing rows as zeros.
 *
 * @param from The first row.
 * @param stride Bytes from one row to the next.
 * @param rows Number of rows.
 * @param steps Values per row.
 * @param to Address of the packed rows.
 */
export function packRows(from: usize, stride: usize, rows: i32, steps: i32, to: usize): void {
  for (let row = 0; row < rows; row += TILE_ROWS) {
    const r0 = from + row * stride;
    if (rows - row >= TILE_ROWS) {
      packFive(r0, r0 + stride, r0 + 2 * stride, r0 + 3 * stride, r0 + 4 * stride, steps, to);
    } else {
      for (let k = 0; k < steps; k++) {
        for (let i = 0; i < TILE_ROWS; i++) {
          const value = row + i < rows ? load<f32>(r0 + i * stride + (k << 2)) : 0;
          store<f32>(to + (k * TILE_ROWS + i) * 4, value);
        }
      }
    }
    to += steps * TILE_ROWS * 4;
  }
}

/** Five rows, four values of each at a time: a 4×4 transposition and the fifth row by itself. */
export function packFive(
  r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, steps: i32, to: usize,
): void {
  let k: usize = 0;
  const whole = <usize> (steps & ~3) * 4;
  for (; k < whole; k += 16) {
    const a = v128.load(r0 + k), b = v128.load(r1 + k), c = v128.load(r2 + k), d = v128.load(r3 + k);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
    store<f32>(to, load<f32>(r4 + k), 16);
    v128.store(to, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7), 20);
    store<f32>(to, load<f32>(r4 + k, 4), 36);
    v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 40);
    store<f32>(to, load<f32>(r4 + k, 8), 56);
    v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 60);
    store<f32>(to, load<f32>(r4 + k, 12), 76);
    to += 80;
  }
  for (; k < <usize> steps * 4; k += 4) {
    store<f32>(to, load<f32>(r0 + k));
    store<f32>(to, load<f32>(r1 + k), 4);
    store<f32>(to, load<f32>(r2 + k), 8);
    store<f32>(to, load<f32>(r3 + k), 12);
    store<f32>(to, load<f32>(r4 + k), 16);
    to += 20;
  }
}

/**
 * Packs rows of Bᵀ as columns of B: `[⌈rows/8⌉, steps, 8]`, missing ones as zeros.
 *
 * @param from The first row.
 * @param stride Bytes from one row to the next.
 * @param rows Number of rows: columns of B.
 * @param steps Values per row.
 * @param to Address of the packed columns.
 */
export function packColumns(from: usize, stride: usize, rows: i32, steps: i32, to: usize): void {
  for (let row = 0; row < rows; row += TILE_COLUMNS) {
    const present = min(TILE_COLUMNS, rows - row);
    const r0 = from + row * stride;
    if (present == TILE_COLUMNS) {
      packFour(r0, stride, steps, to);
      packFour(r0 + 4 * stride, stride, steps, to + 16);
    } else {
      for (let k = 0; k < steps; k++) {
        for (let i = 0; i < TILE_COLUMNS; i++) {
          const value = i < present ? load<f32>(r0 + i * stride + (k << 2)) : 0;
          store<f32>(to + (k * TILE_COLUMNS + i) * 4, value);
        }
      }
    }
    to += steps * TILE_COLUMNS * 4;
  }
}

/** Four rows into four of eight columns. */
function packFour(r0: usize, stride: usize, steps: i32, to: usize): void {
  const r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
  let k: usize = 0;
  const whole = <usize> (steps & ~3) * 4;
  for (; k < whole; k += 16) {
    const a = v128.load(r0 + k), b = v128.load(r1 + k), c = v128.load(r2 + k), d = v128.load(r3 + k);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7), 32);
    v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 64);
    v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 96);
    to += 128;
  }
  for (; k < <usize> steps * 4; k += 4) {
    store<f32>(to, load<f32>(r0 + k));
    store<f32>(to, load<f32>(r1 + k), 4);
    store<f32>(to, load<f32>(r2 + k), 8);
    store<f32>(to, load<f32>(r3 + k), 12);
    to += 32;
  }
}
