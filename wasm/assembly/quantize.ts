/** Quantization; see cpu/quantize.ts. */
import { flips, HEAD, products, WORDS } from "./byte_products";
import { constant } from "./constants";
import { groupOf, hadamard, inverseHadamard } from "./hadamard";
import { TILE_COLUMNS, TILE_ROWS } from "./tile";

/** Most values of a block, and the smallest maximum of one that is not rounded to zeros. */
export const BLOCK: i32 = 768;
const SMALLEST: f32 = 7.888609052210118e-31;
const LARGEST: f32 = 127;

/** 1.5·2²³, which leaves the nearest integer when it is added, as a float and as bits. */
const MAGIC = memory.data<u32>([0x4b400000]);

/** Values of a row with its padding. */
// @ts-ignore: decorator
@inline
export function paddedOf(inputs: i32): i32 {
  return (inputs + 63) & ~63;
}

/** Bytes of a panel, whose blocks follow each other; see wasm/machine/weight.ts. */
// @ts-ignore: decorator
@inline
export function panelBytes(inputs: i32): usize {
  const padded = paddedOf(inputs);
  return <usize> ((padded + BLOCK - 1) / BLOCK * HEAD + padded * TILE_COLUMNS);
}

/** Bytes before the block of a panel that begins with column `k`. */
// @ts-ignore: decorator
@inline
export function blockAt(k: i32): usize {
  return <usize> (k / BLOCK) * (HEAD + BLOCK * TILE_COLUMNS);
}

/**
 * Packs up to 8 rows of weights as a panel, missing ones as zeros: for each block 8 steps, 8
 * starts, −128 times the sum of a row's integers, and the integers `[quads, 8, 4]`.
 *
 * @param from The rows; behind 8 of them there is memory for a padded one, and 16 bytes.
 * @returns The largest magnitude, or NaN if a value is NaN.
 */
export function packIntegers(from: usize, rows: i32, inputs: i32, to: usize): f32 {
  memory.fill(to, 0, panelBytes(inputs));
  const padded = paddedOf(inputs);
  const row = (from + <usize> inputs * (TILE_COLUMNS * 4) + 15) & ~15;
  let all: f32 = 0;
  for (let r = 0; r < rows; r++) {
    memory.copy(row, from + <usize> r * inputs * 4, inputs << 2);
    memory.fill(row + (inputs << 2), 0, (padded - inputs) << 2);
    all = max(all, largestOf(row, padded));
    for (let k = 0; k < padded; k += BLOCK) {
      const depth = min(BLOCK, padded - k), x = row + (k << 2), block = to + blockAt(k);
      hadamard(x, x, depth);
      const step = block + (r << 2);
      const inverse = inverseOf(x, depth, step), at = block + HEAD + (r << 2);
      packBytes(x, depth, inverse, at, TILE_COLUMNS * 4, false);
      store<f32>(step, load<f32>(step) / <f32> groupOf(depth));
    }
  }
  storeStarts(to, padded);
  return all;
}

/**
 * Packs up to 8 rows of weights that are integers already.
 *
 * @param from The integers `[rows, padded]`.
 * @param steps Their steps `[rows, blocks]`.
 */
export function packRounded(from: usize, steps: usize, rows: i32, inputs: i32, to: usize): void {
  memory.fill(to, 0, panelBytes(inputs));
  const padded = paddedOf(inputs);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < padded; k += 4, from += 4) {
      const block = to + blockAt(k), lane = r << 2;
      if (k % BLOCK == 0) {
        store<f32>(block + lane, load<f32>(steps));
        steps += 4;
      }
      store<i32>(block + HEAD + k % BLOCK * TILE_COLUMNS + lane, load<i32>(from));
    }
  }
  storeStarts(to, padded);
}

/** Stores the starts of a panel: −128 times the sum of each row's integers in a block. */
export function storeStarts(panel: usize, padded: i32): void {
  for (let k = 0; k < padded; k += BLOCK) {
    const block = panel + blockAt(k), end = block + HEAD + min(BLOCK, padded - k) * TILE_COLUMNS;
    let low = i32x4.splat(0), high = low;
    for (let at = block + HEAD; at < end; at += TILE_COLUMNS * 4) {
      low = i32x4.add(low, sumOfFours(at));
      high = i32x4.add(high, sumOfFours(at + 16));
    }
    v128.store(block, i32x4.shl(i32x4.neg(low), 7), 32);
    v128.store(block, i32x4.shl(i32x4.neg(high), 7), 48);
  }
}

/** Four sums of four bytes. */
// @ts-ignore: decorator
@inline
function sumOfFours(at: usize): v128 {
  return i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(v128.load(at)));
}

/** A rotated value of a block of a panel, of its row `lane`. */
// @ts-ignore: decorator
@inline
export function weightOfBlock(block: usize, lane: i32, column: i32): f32 {
  const at = block + HEAD + ((column >> 2) * TILE_COLUMNS + lane) * 4 + (column & 3);
  return load<f32>(block + (lane << 2)) * <f32> load<i8>(at);
}

/**
 * Unpacks a block of a row of weights.
 *
 * @param panel The panel of the row.
 * @param lane The row's number in it.
 * @param k The block's first column.
 * @param to Memory for `depth` values.
 */
export function unpackBlock(panel: usize, lane: i32, k: i32, depth: i32, to: usize): void {
  const block = panel + blockAt(k);
  for (let i = 0; i < depth; i++) store<f32>(to + (i << 2), weightOfBlock(block, lane, i));
  inverseHadamard(to, depth);
}

/**
 * Packs a block of rows of activations as tiles: `[⌈rows/5⌉, quads, 5, 4]` bytes; or, where words
 * are multiplied, `[⌈rows/5⌉, 2, quads, 5, 2]` words, of each four values the first and the third,
 * then the others. Rows that fill up the last tile are any integers, of which nobody reads a result.
 *
 * @param stride Bytes from one row to the next.
 * @param present Columns that are there; the others up to `depth` are zeros.
 * @param steps Address of the rows' steps, padded to a multiple of 5 rows with zeros.
 * @param row Memory for `depth` floats.
 */
export function quantizeRows(
  x: usize, stride: usize, rows: i32, present: i32, depth: i32, to: usize, steps: usize, row: usize,
): void {
  const asWords = products == WORDS;
  const tile = depth * (asWords ? TILE_ROWS * 2 : TILE_ROWS);
  for (let r = 0; r < rows; r++, steps += 4) {
    if (present < depth) {
      memory.copy(row, x + r * stride, present << 2);
      memory.fill(row + (present << 2), 0, (depth - present) << 2);
      hadamard(row, row, depth);
    } else {
      hadamard(x + r * stride, row, depth);
    }
    const at = to + r / TILE_ROWS * tile + (r % TILE_ROWS << 2);
    const inverse = inverseOf(row, depth, steps);
    if (asWords) packWords(row, depth, inverse, at);
    else packBytes(row, depth, inverse, at, TILE_ROWS * 4, true);
  }
  // What is there may be denormal numbers, which are slow to multiply.
  for (let r = rows; r % TILE_ROWS > 0; r++, steps += 4) store<f32>(steps, 0);
}

/** Stores the step of `depth` values, a multiple of 16, and returns its inverse. */
export function inverseOf(x: usize, depth: i32, step: usize): f32 {
  return inverseFor(largestOf(x, depth), step);
}

/** Stores the step of values of which the largest magnitude is given, and returns its inverse. */
export function inverseFor(largest: f32, step: usize): f32 {
  const isFinite = largest < Infinity; // false for NaN
  const isSmall = !isFinite || largest < SMALLEST;
  // Values that are not finite may become any integer: the step NaN makes all results NaN.
  store<f32>(step, !isFinite ? NaN : isSmall ? 0 : largest / LARGEST);
  return isSmall ? 0 : LARGEST / largest;
}

/** A row as bytes, four of them every `stride` bytes; those of x are flipped. */
export function packBytes(
  x: usize, depth: i32, inverse: f32, to: usize, stride: usize, isFlipped: bool,
): void {
  const factor = f32x4.splat(inverse), mask = isFlipped ? flips() : i32x4.splat(0);
  for (const end = x + (depth << 2); x < end; x += 64) {
    storeLanes(to, stride, v128.xor(sixteen(x, factor), mask));
    to += 4 * stride;
  }
}

/** A row as words: the first and the third of each four, then the others. */
export function packWords(x: usize, depth: i32, inverse: f32, to: usize): void {
  const factor = f32x4.splat(inverse), others = <usize> depth * TILE_ROWS;
  for (const end = x + (depth << 2); x < end; x += 64, to += TILE_ROWS * 16) {
    const bytes = sixteen(x, factor);
    storeLanes(to, TILE_ROWS * 4, i16x8.shr_s(i16x8.shl(bytes, 8), 8));
    storeLanes(to + others, TILE_ROWS * 4, i16x8.shr_s(bytes, 8));
  }
}

/** Four lanes, `stride` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeLanes(to: usize, stride: usize, lanes: v128): void {
  v128.store32_lane(to, lanes, 0);
  v128.store32_lane(to + stride, lanes, 1);
  v128.store32_lane(to + 2 * stride, lanes, 2);
  v128.store32_lane(to + 3 * stride, lanes, 3);
}

/** Sixteen values as bytes. */
// @ts-ignore: decorator
@inline
export function sixteen(x: usize, factor: v128): v128 {
  const magic = constant(MAGIC, 0);
  const a = i32x4.sub(f32x4.add(f32x4.mul(v128.load(x), factor), magic), magic);
  const b = i32x4.sub(f32x4.add(f32x4.mul(v128.load(x, 16), factor), magic), magic);
  const c = i32x4.sub(f32x4.add(f32x4.mul(v128.load(x, 32), factor), magic), magic);
  const d = i32x4.sub(f32x4.add(f32x4.mul(v128.load(x, 48), factor), magic), magic);
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** The largest magnitude of `depth` values, or NaN if one is NaN: bits are in the same order. */
function largestOf(x: usize, depth: i32): f32 {
  const size = i32x4.splat(0x7fffffff);
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (const end = x + (depth << 2); x < end; x += 64) {
    a = i32x4.max_s(a, v128.and(size, v128.load(x)));
    b = i32x4.max_s(b, v128.and(size, v128.load(x, 16)));
    c = i32x4.max_s(c, v128.and(size, v128.load(x, 32)));
    d = i32x4.max_s(d, v128.and(size, v128.load(x, 48)));
  }
  a = i32x4.max_s(i32x4.max_s(a, b), i32x4.max_s(c, d));
  return reinterpret<f32>(max(
    max(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1)),
    max(i32x4.extract_lane(a, 2), i32x4.extract_lane(a, 3)),
  ));
}
