/** Quantization; see cpu/quantize.ts. */
import { constant } from "./constants";
import { TILE_COLUMNS, TILE_ROWS } from "./tile";

/**
 * The largest integers, and the smallest maximum of a row that is not rounded to zeros: as in
 * cpu/quantize.ts.
 */
const LARGEST_WEIGHT: f32 = 127;
const LARGEST_ACTIVATION: f32 = 1023;
const SMALLEST: f32 = 7.888609052210118e-31;

/** 0.5, 1.5·2²³, the bits of that, the same less 1024, and the lowest four bits. */
const NUMBERS = memory.data<u32>([0x3f000000, 0x4b400000, 0x4b400000, 0x4b3ffc00, 15]);

/** Bytes of the sums of a tile, `[5, 8]`. */
export const SUM_BYTES: usize = TILE_ROWS * TILE_COLUMNS * 4;

/** Fours of values in a row; the last one is padded with zeros. */
// @ts-ignore: decorator
@inline
export function quadsOf(inputs: i32): i32 {
  return inputs + 3 >> 2;
}

/** Bytes of a panel: 8 rows of weights, and the step and the start of each. */
// @ts-ignore: decorator
@inline
export function panelBytes(inputs: i32): usize {
  return <usize> (quadsOf(inputs) * 4 + 8) * TILE_COLUMNS;
}

/** Bytes of a row of activations. */
// @ts-ignore: decorator
@inline
export function rowBytes(inputs: i32): i32 {
  return quadsOf(inputs) * 8;
}

/** `sum · step of the weights · step of the row + bias`, of 8 columns. */
// @ts-ignore: decorator
@inline
export function storeRow(
  low: v128, high: v128, weightSteps: usize, step: usize, bias: usize, y: usize,
): void {
  const factor = v128.load32_splat(step);
  const a = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(low), v128.load(weightSteps)), factor);
  const b = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(high), v128.load(weightSteps, 16)), factor);
  v128.store(y, f32x4.add(a, v128.load(bias)));
  v128.store(y, f32x4.add(b, v128.load(bias, 16)), 16);
}

/**
 * Packs up to 8 rows of weights as a panel: `[quads, 8, 4]` integers, then 8 steps and 8 starts, −64
 * times the sum of a row (byte_products.ts); missing ones as zeros.
 *
 * @returns The largest magnitude, or NaN if a value is NaN.
 */
export function packIntegers(from: usize, rows: i32, inputs: i32, to: usize): f32 {
  memory.fill(to, 0, panelBytes(inputs));
  const steps = to + <usize> quadsOf(inputs) * 4 * TILE_COLUMNS;
  let all: f32 = 0;
  for (let row = 0; row < rows; row++) {
    const start = from + row * inputs * 4;
    const largest = largestOf(start, inputs);
    all = max(all, largest);
    if (!(largest >= SMALLEST)) continue;
    store<f32>(steps + row * 4, largest / LARGEST_WEIGHT);
    const inverse = LARGEST_WEIGHT / largest;
    let sum = 0;
    for (let i = 0; i < inputs; i++) {
      const value = <i32> floor<f32>(load<f32>(start + i * 4) * inverse + 0.5);
      store<i8>(to + (((i >> 2) * TILE_COLUMNS + row) * 4 + (i & 3)), <i8> value);
      sum += value;
    }
    store<i32>(steps + row * 4, -64 * sum, TILE_COLUMNS * 4);
  }
  return all;
}

/**
 * Packs rows of activations as tiles, missing ones as zeros: `[⌈rows/5⌉, 2, quads, 5, 4]` bytes, the
 * upper ones first (byte_products.ts), or `[⌈rows/5⌉, quads, 5, 4]` integers of 16 bits, of each four
 * the first, the third, the second and the fourth.
 *
 * @param asBytes Whether as bytes.
 * @param steps Address of the rows' steps, padded to a multiple of 5 rows.
 */
export function quantizeRows(
  x: usize, rows: i32, inputs: i32, asBytes: bool, to: usize, steps: usize,
): void {
  const quads = quadsOf(inputs), bytes = <usize> rowBytes(inputs) * TILE_ROWS;
  for (let row = 0; row < rows; row += TILE_ROWS, to += bytes) {
    if (rows - row < TILE_ROWS) memory.fill(to, 0, bytes);
    const count = min(TILE_ROWS, rows - row);
    for (let i = 0; i < count; i++) {
      const from = x + (row + i) * inputs * 4, step = steps + (row + i) * 4;
      const inverse = inverseOf(from, inputs, step);
      if (asBytes) packBytes(from, inputs, inverse, to + i * 4, quads * TILE_ROWS * 4);
      else packWords(from, inputs, inverse, to + i * 8);
    }
  }
}

/** Stores a row's step and returns the inverse. */
function inverseOf(x: usize, inputs: i32, step: usize): f32 {
  const largest = largestOf(x, inputs);
  const isFinite = largest < Infinity; // false for NaN
  store<f32>(step, !isFinite ? NaN : largest < SMALLEST ? 0 : largest / LARGEST_ACTIVATION);
  // Values that are not finite may become any integer: the step NaN makes all sums NaN.
  return !isFinite || largest < SMALLEST ? 0 : LARGEST_ACTIVATION / largest;
}

/** One row: four bytes every 20 bytes, the lower ones `lower` bytes behind. */
function packBytes(x: usize, inputs: i32, inverse: f32, to: usize, lower: usize): void {
  const factor = f32x4.splat(inverse), half = constant(NUMBERS, 0), magic = constant(NUMBERS, 1);
  const bits = constant(NUMBERS, 3), mask = constant(NUMBERS, 4);
  for (let i = 0; i < inputs; i += 4, x += 16, to += TILE_ROWS * 4) {
    const four = integers(f32x4.mul(fourOf(x, inputs - i), factor), half, magic, bits);
    store<i32>(to, bytesOf(i32x4.shr_u(four, 4)));
    store<i32>(to + lower, bytesOf(v128.and(four, mask)));
  }
}

/** One row: four integers of 16 bits every 40 bytes. */
function packWords(x: usize, inputs: i32, inverse: f32, to: usize): void {
  const factor = f32x4.splat(inverse), half = constant(NUMBERS, 0), magic = constant(NUMBERS, 1);
  const bits = constant(NUMBERS, 2);
  for (let i = 0; i < inputs; i += 4, x += 16, to += TILE_ROWS * 8) {
    const four = integers(f32x4.mul(fourOf(x, inputs - i), factor), half, magic, bits);
    const order = v128.shuffle<i32>(four, four, 0, 2, 1, 3);
    v128.store64_lane(to, i16x8.narrow_i32x4_s(order, order), 0);
  }
}

/** Four values, of which only `count` are there. */
// @ts-ignore: decorator
@inline
function fourOf(x: usize, count: i32): v128 {
  if (count >= 4) return v128.load(x);
  if (count == 1) return v128.load32_zero(x);
  const two = v128.load64_zero(x);
  return count == 2 ? two : v128.load32_lane(x, two, 2, 8);
}

/** Rounded values, which are small: the bits of their sum with 1.5·2²³, less those of a number. */
// @ts-ignore: decorator
@inline
function integers(values: v128, half: v128, magic: v128, bits: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.floor(f32x4.add(values, half)), magic), bits);
}

/** Four small integers as bytes. */
// @ts-ignore: decorator
@inline
function bytesOf(four: v128): i32 {
  const words = i16x8.narrow_i32x4_s(four, four);
  return i32x4.extract_lane(i8x16.narrow_i16x8_u(words, words), 0);
}

/** The largest magnitude of `count` values, or NaN if one is NaN: bits are in the same order. */
function largestOf(x: usize, count: i32): f32 {
  const size = i32x4.splat(0x7fffffff);
  let four = i32x4.splat(0), next = four;
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    four = i32x4.max_s(four, v128.and(size, v128.load(x + (i << 2))));
    next = i32x4.max_s(next, v128.and(size, v128.load(x + (i << 2), 16)));
  }
  four = i32x4.max_s(four, next);
  let largest = max(
    max(i32x4.extract_lane(four, 0), i32x4.extract_lane(four, 1)),
    max(i32x4.extract_lane(four, 2), i32x4.extract_lane(four, 3)),
  );
  for (; i < count; i++) largest = max(largest, load<i32>(x + (i << 2)) & 0x7fffffff);
  return reinterpret<f32>(largest);
}
