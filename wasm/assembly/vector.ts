/** Sums over plain rows, four values at a time. */
import { multiplyAdd } from "./tile";

/** `to += factor·from`. */
export function addScaled(to: usize, factor: f32, from: usize, count: i32): void {
  const factors = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = to + (i << 2);
    v128.store(at, multiplyAdd(factors, v128.load(from + (i << 2)), v128.load(at)));
  }
  for (; i < count; i++) {
    const at = to + (i << 2);
    store<f32>(at, load<f32>(at) + factor * load<f32>(from + (i << 2)));
  }
}

/** `Σ xᵢyᵢ`. */
export function dotProduct(x: usize, y: usize, count: i32): f32 {
  let sums = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    sums = multiplyAdd(v128.load(x + (i << 2)), v128.load(y + (i << 2)), sums);
  }
  let sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) +
    f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
  for (; i < count; i++) sum += load<f32>(x + (i << 2)) * load<f32>(y + (i << 2));
  return sum;
}

/** Adds `count` values to others. */
export function addInto(to: usize, from: usize, count: i32): void {
  addRows(to, to, from, count);
}

/** The sums of `count` values and others. */
export function addRows(to: usize, x: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(to + (i << 2), f32x4.add(v128.load(x + (i << 2)), v128.load(y + (i << 2))));
  }
  for (; i < count; i++) {
    store<f32>(to + (i << 2), load<f32>(x + (i << 2)) + load<f32>(y + (i << 2)));
  }
}

/** Fills `count` values. */
export function fill(to: usize, value: f32, count: i32): void {
  for (let i = 0; i < count; i++) store<f32>(to + (i << 2), value);
}
