/** Root mean square normalisation; see cpu/rms_norm.ts. */
import { RmsNormArguments } from "./arguments";
import { share } from "./turns";

/** Threads share the rows. In float64, where no square of a float32 over- or underflows. */
export function rmsNorm(args: RmsNormArguments, thread: i32, threads: i32, scratch: usize): void {
  const rows = args.rows, width = args.width, weight = args.weight;
  const stride = <usize> width * 4;
  const end = share(rows, thread + 1, threads);
  for (let row = share(rows, thread, threads); row < end; row++) {
    const x = args.x + row * stride, y = args.y + row * stride;
    const residual = args.residual ? args.residual + row * stride : 0;
    let sums = f64x2.splat(0);
    let i = 0;
    for (; i + 2 <= width; i += 2) {
      const values = sumOfTwo(x, residual, i);
      sums = f64x2.add(sums, f64x2.mul(values, values));
    }
    let squares = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    if (i < width) squares += sumOfOne(x, residual, i) ** 2;
    const scale = 1 / sqrt<f64>(squares / <f64> width + args.epsilon);
    for (i = 0; i + 2 <= width; i += 2) {
      const scaled = f64x2.mul(sumOfTwo(x, residual, i), f64x2.splat(scale));
      const weighted = f64x2.mul(scaled, two(weight, i));
      v128.store64_lane(y + (i << 2), f32x4.demote_f64x2_zero(weighted), 0);
    }
    if (i < width) {
      const weighted = sumOfOne(x, residual, i) * scale * load<f32>(weight + (i << 2));
      store<f32>(y + (i << 2), <f32> weighted);
    }
  }
}

// @ts-ignore: decorator
@inline
function two(x: usize, i: i32): v128 {
  return f64x2.promote_low_f32x4(v128.load64_splat(x + (i << 2)));
}

// @ts-ignore: decorator
@inline
function sumOfTwo(x: usize, residual: usize, i: i32): v128 {
  return residual ? f64x2.add(two(x, i), two(residual, i)) : two(x, i);
}

// @ts-ignore: decorator
@inline
function sumOfOne(x: usize, residual: usize, i: i32): f64 {
  const value = <f64> load<f32>(x + (i << 2));
  return residual ? value + load<f32>(residual + (i << 2)) : value;
}
