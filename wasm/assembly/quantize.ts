/** Quantization; see cpu/quantize.ts. */
import { TILE_COLUMNS, TILE_ROWS } from "./tile";

/**
 * The largest integers, and the smallest maximum of a row that is not rounded to zeros: as in
 * cpu/quantize.ts.
 */
const LARGEST_WEIGHT: f32 = 127;
const LARGEST_ACTIVATION: f32 = 1023;
const SMALLEST: f32 = 7.888609052210118e-31;

/** Pairs of values in a row; the last one is padded with a zero. */
// @ts-ignore: decorator
@inline
export function pairsOf(inputs: i32): i32 {
  return inputs + 1 >> 1;
}

/** Bytes of a panel: 8 rows of weights, and the step of each. */
// @ts-ignore: decorator
@inline
export function panelBytes(inputs: i32): usize {
  return <usize> pairsOf(inputs) * 2 * TILE_COLUMNS + TILE_COLUMNS * 4;
}

/**
 * Packs up to 8 rows of weights as a panel: `[pairs, 8, 2]` integers, then 8 steps, missing ones as
 * zeros.
 *
 * @returns The largest magnitude, or NaN if a value is NaN.
 */
export function packIntegers(from: usize, rows: i32, inputs: i32, to: usize): f32 {
  memory.fill(to, 0, panelBytes(inputs));
  const steps = to + <usize> pairsOf(inputs) * 2 * TILE_COLUMNS;
  let all: f32 = 0;
  for (let row = 0; row < rows; row++) {
    const start = from + row * inputs * 4;
    const largest = largestOf(start, inputs);
    all = max(all, largest);
    if (!(largest >= SMALLEST)) continue;
    store<f32>(steps + row * 4, largest / LARGEST_WEIGHT);
    const inverse = LARGEST_WEIGHT / largest;
    for (let i = 0; i < inputs; i++) {
      const at = ((i >> 1) * TILE_COLUMNS + row) * 2 + (i & 1);
      store<i8>(to + at, <i8> floor<f32>(load<f32>(start + i * 4) * inverse + 0.5));
    }
  }
  return all;
}

/**
 * Packs rows of activations as tiles `[⌈rows/5⌉, pairs, 5, 2]` of 16-bit integers, missing ones as
 * zeros.
 *
 * @param steps Address of the rows' steps, padded to a multiple of 5 rows.
 */
export function quantizeRows(x: usize, rows: i32, inputs: i32, to: usize, steps: usize): void {
  const pairs = pairsOf(inputs);
  for (let row = 0; row < rows; row += TILE_ROWS) {
    for (let i = 0; i < TILE_ROWS; i++) {
      if (row + i < rows) quantizeRow(x + (row + i) * inputs * 4, inputs, to + i * 4, steps);
      else for (let k = 0; k < pairs; k++) store<i32>(to + (k * TILE_ROWS + i) * 4, 0);
      steps += 4;
    }
    to += pairs * TILE_ROWS * 4;
  }
}

/** One row: a pair every 20 bytes. */
function quantizeRow(x: usize, inputs: i32, to: usize, step: usize): void {
  const largest = largestOf(x, inputs);
  const isFinite = largest < Infinity; // false for NaN
  store<f32>(step, !isFinite ? NaN : largest < SMALLEST ? 0 : largest / LARGEST_ACTIVATION);
  const isSmall = !isFinite || largest < SMALLEST;
  // Values that are not finite may become any integer: the step NaN makes all sums NaN.
  const inverse = f32x4.splat(isSmall ? 0 : LARGEST_ACTIVATION / largest);
  const half = f32x4.splat(0.5);
  let i = 0;
  for (; i + 4 <= inputs; i += 4) {
    const four = integers(f32x4.mul(v128.load(x), inverse), half);
    store<i32>(to, i32x4.extract_lane(four, 0));
    store<i32>(to, i32x4.extract_lane(four, 1), TILE_ROWS * 4);
    x += 16;
    to += TILE_ROWS * 8;
  }
  for (; i < inputs; i += 2) {
    const rest = i + 1 < inputs ? v128.load64_zero(x) : v128.load32_zero(x);
    store<i32>(to, i32x4.extract_lane(integers(f32x4.mul(rest, inverse), half), 0));
    x += 8;
    to += TILE_ROWS * 4;
  }
}

// @ts-ignore: decorator
@inline
function integers(values: v128, half: v128): v128 {
  const rounded = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(values, half)));
  return i16x8.narrow_i32x4_s(rounded, rounded);
}

/** The largest magnitude of `count` values, or NaN if a value is NaN. */
function largestOf(x: usize, count: i32): f32 {
  let four = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) four = f32x4.max(four, f32x4.abs(v128.load(x + (i << 2))));
  let largest = max(
    max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
  for (; i < count; i++) largest = max(largest, abs(load<f32>(x + (i << 2))));
  return largest;
}
