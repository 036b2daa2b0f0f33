/** Weights in half precision: packed like those of `tile.ts`, 16 bits each. */
import { TILE_COLUMNS } from "./tile";

/** `2 ** 112`: rescales from the exponents of half precision to those of float32. */
const REBIAS: f32 = 5.192296858534828e33;

/** Widens `count` packed numbers, a multiple of 8, exactly; all are finite. */
export function widen(from: usize, count: i32, to: usize): void {
  for (const end = from + (<usize> count << 1); from < end; from += 16, to += 32) {
    const halves = v128.load(from);
    v128.store(to, widenLow(halves));
    v128.store(to, widenHigh(halves), 16);
  }
}

/**
 * The first four of eight numbers: the sign and the exponent's and fraction's higher bits are the
 * upper 16 bits of a float32, the lowest three bits of the fraction go below. The product is exact,
 * for subnormal numbers too.
 */
// @ts-ignore: decorator
@inline
export function widenLow(halves: v128): v128 {
  const upper = v128.and(i16x8.shr_s(halves, 3), i16x8.splat(<i16> 0x8fff));
  return f32x4.mul(v128.shuffle<i16>(i16x8.shl(halves, 13), upper, 0, 8, 1, 9, 2, 10, 3, 11), f32x4.splat(REBIAS));
}

/** The last four. */
// @ts-ignore: decorator
@inline
export function widenHigh(halves: v128): v128 {
  const upper = v128.and(i16x8.shr_s(halves, 3), i16x8.splat(<i16> 0x8fff));
  return f32x4.mul(v128.shuffle<i16>(i16x8.shl(halves, 13), upper, 4, 12, 5, 13, 6, 14, 7, 15), f32x4.splat(REBIAS));
}

/** Widens numbers of which some may be infinite or NaN, as those that operations make. */
export function widenRow(from: usize, count: i32, to: usize): void {
  for (const end = from + (<usize> (count & ~7) << 1); from < end; from += 16, to += 32) {
    const eight = v128.load(from);
    v128.store(to, withInfinities(widenLow(eight)));
    v128.store(to, withInfinities(widenHigh(eight)), 16);
  }
  for (let i = 0; i < (count & 7); i++, from += 2, to += 4) {
    const one = withInfinities(widenLow(i16x8.splat(load<i16>(from))));
    store<f32>(to, f32x4.extract_lane(one, 0));
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
  return f32x4.extract_lane(widenLow(i16x8.splat(<i16> bits)), 0);
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
