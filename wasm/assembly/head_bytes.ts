/** Rows of keys and values in 8 bits: the integers of each head, padded with zeros, and all steps. */
import { constant } from "./constants";

/** 127, the smallest maximum that is not rounded to zeros, and 1.5·2²³: as in cpu/quantize_heads.ts. */
const LARGEST: f32 = 127;
const SMALLEST: f32 = 7.888609052210118e-31;
const NUMBERS = memory.data<u32>([0x4b400000]);

/** Values of a head with the zeros behind it; equals that of wasm/machine/bytes.ts. */
// @ts-ignore: decorator
@inline
export function paddedHead(width: i32): i32 {
  return width + 15 & ~15;
}

/** Bytes of a row; equals that of wasm/machine/bytes.ts. */
// @ts-ignore: decorator
@inline
export function byteRow(heads: i32, width: i32): usize {
  return <usize> (heads * (paddedHead(width) + 4) + 63 & ~63);
}

/** The step of values, whose number is a multiple of 8, and with it the factor of them. */
export function stepOf(x: usize, count: i32): f32 {
  const size = i32x4.splat(0x7fffffff);
  let a = i32x4.splat(0), b = a;
  for (const end = x + (count << 2); x < end; x += 32) {
    a = i32x4.max_s(a, v128.and(size, v128.load(x)));
    b = i32x4.max_s(b, v128.and(size, v128.load(x, 16)));
  }
  a = i32x4.max_s(a, b);
  const largest = reinterpret<f32>(max( // bits are in the same order
    max(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1)),
    max(i32x4.extract_lane(a, 2), i32x4.extract_lane(a, 3)),
  ));
  const isFinite = largest < Infinity; // false for NaN
  // Values that are not finite may become any integer: the step NaN makes all scores NaN.
  inverse = !isFinite || largest < SMALLEST ? 0 : LARGEST / largest;
  return !isFinite ? NaN : largest < SMALLEST ? 0 : largest / LARGEST;
}

/** The factor that makes integers of the last values whose step was asked for. */
let inverse: f32 = 0;

/** Four integers of four values. */
// @ts-ignore: decorator
@inline
export function integersAt(x: usize): v128 {
  const magic = constant(NUMBERS, 0);
  return i32x4.sub(f32x4.add(f32x4.mul(v128.load(x), f32x4.splat(inverse)), magic), magic);
}

/** Sixteen integers of sixteen values, as bytes. */
// @ts-ignore: decorator
@inline
export function bytesAt(x: usize): v128 {
  return i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(integersAt(x), integersAt(x + 16)),
    i16x8.narrow_i32x4_s(integersAt(x + 32), integersAt(x + 48)),
  );
}

/** Copies a head, less the mean if there is one, and zeros behind it. */
export function copyHead(from: usize, mean: usize, width: i32, to: usize): void {
  const end = to + (width << 2), all = to + (paddedHead(width) << 2);
  for (; to + 16 <= end; from += 16, mean += 16, to += 16) {
    v128.store(to, f32x4.sub(v128.load(from), v128.load(mean)));
  }
  for (; to < end; from += 4, mean += 4, to += 4) store<f32>(to, load<f32>(from) - load<f32>(mean));
  for (; to < all; to += 4) store<f32>(to, 0);
}
