/**
 * Linear attention through feature maps; see cpu/attend_features.ts.
 *
 * A baseline for comparisons, so a simple kernel: threads take turns at heads, and rows are added
 * and multiplied four columns at a time.
 */
import { AttendFeaturesArguments, FeatureMap } from "./arguments";
import { exponential } from "./exponential";
import { nextTurn, ownNumber } from "./turns";
import { addInto, addScaled, dotProduct, fill } from "./vector";

/** Arguments of the call that a thread works on; each thread has a copy of the module. */
let map: i32, width: i32, features: i32, projection: usize;

/** Threads take turns at heads. */
export function attendFeatures(args: AttendFeaturesArguments, thread: i32, threads: i32, scratch: usize): void {
  const batch = args.batch, tokens = args.tokens, heads = args.heads, y = args.y;
  map = args.map;
  projection = args.projection;
  width = args.width;
  features = args.features;
  const bytes = <usize> ((features + 3) & ~3) * 4;
  const row = args.scratch + <usize> ownNumber(thread) * args.scratchBytes;
  const tops = row + bytes, sums = tops + bytes, weighted = sums + bytes;
  for (let i = nextTurn(); i < batch * heads; i = nextTurn()) {
    const b = i / heads, head = <usize> (b * tokens * heads + i % heads) * width * 4;
    const stride = <usize> heads * width * 4;
    const mask = args.mask + <usize> (b * tokens) * 4;
    const query = args.query + head, key = args.key + head;
    const value = args.value + head;
    if (map != FeatureMap.elu) findTops(key, stride, mask, tokens, row, tops);
    addKeys(key, value, stride, mask, tokens, row, tops, sums, weighted);
    for (let t = 0; t < tokens; t++) {
      const to = y + head + t * stride;
      memory.fill(to, 0, width * 4);
      if (load<i32>(mask + (t << 2)) == 0) continue;
      exponents(query + t * stride, row, false);
      if (map == FeatureMap.random) addInto(row, tops, features);
      if (map != FeatureMap.elu) subtract(row, largest(row));
      apply(row, 0);
      const sum = dotProduct(row, sums, features);
      // With `elu` so small that terms of the sum may have been lost: NaN.
      if (sum < LEAST) {
        fill(to, NaN, width);
        continue;
      }
      for (let f = 0; f < features; f++) {
        addScaled(to, load<f32>(row + (f << 2)), weighted + <usize> (f * width) * 4, width);
      }
      divide(to, sum);
    }
  }
}

/** Exponentials below exp(−88) are lost: beside a sum of this size, they are less than a rounding. */
const LEAST: f32 = 1.262177448e-29; // 2⁻⁹⁶

/** The maximum of each feature's exponents. */
function findTops(
  key: usize, stride: usize, mask: usize, tokens: i32, row: usize, tops: usize,
): void {
  for (let f = 0; f < features; f++) store<f32>(tops + (f << 2), -Infinity);
  for (let t = 0; t < tokens; t++) {
    if (load<i32>(mask + (t << 2)) == 0) continue;
    exponents(key + t * stride, row, true);
    for (let f = 0; f < features; f++) {
      const top = max(load<f32>(tops + (f << 2)), load<f32>(row + (f << 2)));
      store<f32>(tops + (f << 2), top);
    }
  }
}

/** Subtracts a number from the features of a row. */
function subtract(row: usize, top: f32): void {
  for (let f = 0; f < features; f++) store<f32>(row + (f << 2), load<f32>(row + (f << 2)) - top);
}

/** `Σφ(k)` and `Σφ(k)vᵀ`; for softmax both are divided by the former. */
function addKeys(
  key: usize, value: usize, stride: usize, mask: usize, tokens: i32,
  row: usize, tops: usize, sums: usize, weighted: usize,
): void {
  memory.fill(sums, 0, features * 4);
  memory.fill(weighted, 0, <usize> (features * width) * 4);
  for (let t = 0; t < tokens; t++) {
    if (load<i32>(mask + (t << 2)) == 0) continue;
    exponents(key + t * stride, row, true);
    apply(row, tops);
    addScaled(sums, 1, row, features);
    const v = value + t * stride;
    for (let f = 0; f < features; f++) {
      addScaled(weighted + <usize> (f * width) * 4, load<f32>(row + (f << 2)), v, width);
    }
  }
  if (map != FeatureMap.softmax) return;
  for (let f = 0; f < features; f++) {
    divide(weighted + <usize> (f * width) * 4, load<f32>(sums + (f << 2)));
    store<f32>(sums + (f << 2), 1);
  }
}

/** Divides the `width` values of a row; NaN if the divisor has overflowed. */
function divide(row: usize, by: f32): void {
  if (by == Infinity) return fill(row, NaN, width);
  for (let d = 0; d < width; d++) store<f32>(row + (d << 2), load<f32>(row + (d << 2)) / by);
}

/** A row's exponents: the row, or `ωx̃`, of a key `ωx̃ − |x̃|²/2`, with `x̃ = x/width^¼`. */
function exponents(x: usize, row: usize, isKey: bool): void {
  if (map != FeatureMap.random) {
    memory.copy(row, x, features * 4);
    return;
  }
  const scale = <f32> NativeMath.pow(<f64> width, -0.25);
  const half: f32 = isKey ? dotProduct(x, x, width) * scale * scale / 2 : 0;
  if (half == Infinity) {
    // Of numbers whose squares overflow the products may do so, too; infinities are no numbers.
    let largest: f32 = 0;
    for (let d = 0; d < width; d++) largest = max(largest, abs(load<f32>(x + (d << 2))));
    return fill(row, largest == Infinity ? NaN : -Infinity, features);
  }
  for (let f = 0; f < features; f++) {
    const product = dotProduct(x, projection + <usize> (f * width) * 4, width);
    store<f32>(row + (f << 2), product * scale - half);
  }
}

/**
 * Exponents to features, in place; the row is written up to whole vectors. With 0 for `tops` nothing
 * is subtracted.
 */
function apply(row: usize, tops: usize): void {
  const one = f32x4.splat(1), zero = f32x4.splat(0);
  for (let f = 0; f < features; f += 4) {
    const x = v128.load(row + (f << 2));
    const feature = map == FeatureMap.elu
      ? v128.bitselect(f32x4.add(x, one), exponential(f32x4.min(x, zero)), f32x4.gt(x, zero))
      : exponential(tops ? f32x4.sub(x, v128.load(tops + (f << 2))) : x);
    v128.store(row + (f << 2), feature);
  }
}

function largest(row: usize): f32 {
  let top: f32 = -Infinity;
  for (let f = 0; f < features; f++) top = max(top, load<f32>(row + (f << 2)));
  return top;
}
