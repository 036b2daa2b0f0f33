/** Layer normalisation; see cpu/layer_norm.ts. */
import { LayerNormArguments } from "./arguments";
import { multiplyAdd } from "./tile";
import { share } from "./turns";

/**
 * Sums of squares below may have lost what is small: they are computed again of a row that is scaled
 * to about 1, as those that have overflowed are.
 */
const LEAST: f32 = 1.262177448e-29; // 2⁻⁹⁶

/** Threads share the rows. */
export function layerNorm(args: LayerNormArguments, thread: i32, threads: i32, scratch: usize): void {
  const x = args.x, weight = args.weight, bias = args.bias, residual = args.residual, y = args.y;
  const rows = args.rows, width = args.width, epsilon = args.epsilon;
  const stride = <usize> width * 4;
  const end = share(rows, thread + 1, threads);
  for (let row = share(rows, thread, threads); row < end; row++) {
    const from = x + row * stride, to = y + row * stride;
    const second = residual ? residual + row * stride : 0;
    sumInto(from, second, scratch, width);
    let mean = sum(scratch, width) / <f32> width;
    let spread = sumOfSquares(scratch, width, mean) / <f32> width + epsilon;
    if (!(spread > LEAST && spread < Infinity)) { // also for NaN
      const factor = sumScaled(from, second, scratch, width, sqrt<f32>(epsilon));
      mean = sum(scratch, width) / <f32> width;
      spread = sumOfSquares(scratch, width, mean) / <f32> width + epsilon * factor * factor;
    }
    const scale: f32 = <f32> 1 / sqrt<f32>(spread);
    let i = 0;
    for (; i + 4 <= width; i += 4) {
      const centred = f32x4.sub(v128.load(scratch + (i << 2)), f32x4.splat(mean));
      const scaled = f32x4.mul(f32x4.mul(centred, f32x4.splat(scale)), v128.load(weight + (i << 2)));
      v128.store(to + (i << 2), f32x4.add(scaled, v128.load(bias + (i << 2))));
    }
    for (; i < width; i++) {
      const centred = load<f32>(scratch + (i << 2)) - mean;
      const scaled = centred * scale * load<f32>(weight + (i << 2));
      store<f32>(to + (i << 2), scaled + load<f32>(bias + (i << 2)));
    }
  }
}

/**
 * The sum, scaled by a power of two by which the largest of all values and of `size` becomes about
 * 1; returns that power.
 */
function sumScaled(x: usize, residual: usize, to: usize, width: i32, size: f32): f32 {
  let largest = size;
  for (let i: usize = 0; i < <usize> width * 4; i += 4) {
    largest = max(largest, abs(load<f32>(x + i)));
    if (residual) largest = max(largest, abs(load<f32>(residual + i)));
  }
  const exponent = min(253, max(1, reinterpret<i32>(largest) >> 23 & 255));
  const factor = reinterpret<f32>(254 - exponent << 23);
  for (let i: usize = 0; i < <usize> width * 4; i += 4) {
    const scaled = factor * load<f32>(x + i);
    store<f32>(to + i, residual ? scaled + factor * load<f32>(residual + i) : scaled);
  }
  return factor;
}

function sumInto(x: usize, residual: usize, to: usize, width: i32): void {
  memory.copy(to, x, width * 4);
  if (residual == 0) return;
  let i = 0;
  for (; i + 4 <= width; i += 4) {
    v128.store(to + (i << 2), f32x4.add(v128.load(to + (i << 2)), v128.load(residual + (i << 2))));
  }
  for (; i < width; i++) {
    store<f32>(to + (i << 2), load<f32>(to + (i << 2)) + load<f32>(residual + (i << 2)));
  }
}

function sum(x: usize, width: i32): f32 {
  let vector = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= width; i += 4) vector = f32x4.add(vector, v128.load(x + (i << 2)));
  let total = lanes(vector);
  for (; i < width; i++) total += load<f32>(x + (i << 2));
  return total;
}

function sumOfSquares(x: usize, width: i32, mean: f32): f32 {
  let vector = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= width; i += 4) {
    const centred = f32x4.sub(v128.load(x + (i << 2)), f32x4.splat(mean));
    vector = multiplyAdd(centred, centred, vector);
  }
  let total = lanes(vector);
  for (; i < width; i++) {
    const centred = load<f32>(x + (i << 2)) - mean;
    total += centred * centred;
  }
  return total;
}

function lanes(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 2) +
    f32x4.extract_lane(x, 3);
}
