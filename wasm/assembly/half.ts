/** Weights in half precision: packed like those of `tile.ts`, 16 bits each. */
import { TILE_COLUMNS } from "./tile";

/**
 * Constants as 32-bit words, loaded before a loop: engines build a constant vector at each use. The
 * sign and the bits that stay in the upper half of a float32, and the factor.
 */
const WORDS = memory.data<u32>([0x8fff8fff, 0x77800000, 0x7c007c00]);

/** Bits of the upper half. */
// @ts-ignore: decorator
@inline
export function upperBits(): v128 {
  return v128.load32_splat(WORDS);
}

/** `2¹¹²`: from the exponents of half precision to those of float32. */
// @ts-ignore: decorator
@inline
export function rebias(): v128 {
  return v128.load32_splat(WORDS, 4);
}

/** Widens `count` packed numbers, a multiple of 8, exactly; all are finite. */
export function widen(from: usize, count: i32, to: usize): void {
  const bits = upperBits(), factor = rebias();
  for (const end = from + (<usize> count << 1); from < end; from += 16, to += 32) {
    const halves = v128.load(from), upper = upperOf(halves, bits), lower = i16x8.shl(halves, 13);
    v128.store(to, widenLow(lower, upper, factor));
    v128.store(to, widenHigh(lower, upper, factor), 16);
  }
}

/**
 * The upper 16 bits of eight float32s before their factor: the sign, and the exponent and the
 * fraction but for its lowest three bits, which become the upper ones of the lower 16.
 */
// @ts-ignore: decorator
@inline
export function upperOf(halves: v128, bits: v128): v128 {
  return v128.and(i16x8.shr_s(halves, 3), bits);
}

/** The first four of eight numbers. The product is exact, for subnormal numbers too. */
// @ts-ignore: decorator
@inline
export function widenLow(lower: v128, upper: v128, factor: v128): v128 {
  return f32x4.mul(v128.shuffle<i16>(lower, upper, 0, 8, 1, 9, 2, 10, 3, 11), factor);
}

/** The last four. */
// @ts-ignore: decorator
@inline
export function widenHigh(lower: v128, upper: v128, factor: v128): v128 {
  return f32x4.mul(v128.shuffle<i16>(lower, upper, 4, 12, 5, 13, 6, 14, 7, 15), factor);
}

/** Widens numbers of which some may be infinite or NaN, as those that operations make. */
export function widenRow(from: usize, count: i32, to: usize): void {
  const bits = upperBits(), factor = rebias(), exponent = v128.load32_splat(WORDS, 8), all = to;
  let odd = i32x4.splat(0);
  for (const end = from + (<usize> (count & ~7) << 1); from < end; from += 16, to += 32) {
    const halves = v128.load(from), upper = upperOf(halves, bits), lower = i16x8.shl(halves, 13);
    odd = v128.or(odd, i16x8.eq(v128.and(halves, exponent), exponent));
    v128.store(to, widenLow(lower, upper, factor));
    v128.store(to, widenHigh(lower, upper, factor), 16);
  }
  if (v128.any_true(odd)) {
    for (let at = all; at < to; at += 16) v128.store(at, withInfinities(v128.load(at)));
  }
  for (let i = 0; i < (count & 7); i++, from += 2, to += 4) {
    store<f32>(to, f32x4.extract_lane(withInfinities(f32x4.splat(widenOne(load<u16>(from)))), 0));
  }
}

/** Numbers from 2¹⁶ on have the exponent of infinity and NaN in half precision. */
// @ts-ignore: decorator
@inline
function withInfinities(four: v128): v128 {
  const isOdd = f32x4.ge(f32x4.abs(four), f32x4.splat(65536));
  return v128.or(four, v128.and(isOdd, i32x4.splat(0x7f800000)));
}

/** Rounds to half precision. */
export function halveRow(from: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) store<u16>(to + (i << 1), round(load<f32>(from + (i << 2))));
}

/** One number. */
export function widenOne(bits: i32): f32 {
  const halves = i16x8.splat(<i16> bits);
  const upper = upperOf(halves, upperBits());
  return f32x4.extract_lane(widenLow(i16x8.shl(halves, 13), upper, rebias()), 0);
}

/**
 * Packs up to 8 rows of weights as a panel `[inputs, 8]`, missing ones as zeros.
 *
 * @returns The largest magnitude, or NaN if a value is NaN.
 */
export function packHalves(from: usize, rows: i32, inputs: i32, to: usize): f32 {
  memory.fill(to, 0, inputs * TILE_COLUMNS * 2);
  let largest: f32 = 0;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < inputs; i++) {
      const value = load<f32>(from + (row * inputs + i) * 4);
      largest = max(largest, abs(value));
      store<u16>(to + (i * TILE_COLUMNS + row) * 2, round(value));
    }
  }
  return largest;
}

/** Rounds to nearest, ties to even, like tensor/float16.ts. */
function round(value: f32): u16 {
  const bits = reinterpret<u32>(value), sign = bits >> 16 & 0x8000;
  const magnitude = bits & 0x7fffffff;
  // Below the normal numbers: the sum with 0.5 is rounded to multiples of the smallest half.
  if (magnitude < 0x38800000) {
    return <u16> (sign | (reinterpret<u32>(abs(value) + 0.5) - 0x3f000000));
  }
  if (magnitude > 0x7f800000) return 0x7e00; // NaN
  const odd = magnitude >> 13 & 1;
  // Numbers that are too large become infinite.
  return <u16> (sign | min<u32>(0x7c00, magnitude - 0x38000000 + 0xfff + odd >> 13));
}
