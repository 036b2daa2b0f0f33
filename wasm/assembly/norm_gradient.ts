/** The gradient of norms; see cpu/norm_gradient.ts. */
import { NormGradientArguments } from "./arguments";
import { share } from "./turns";

/** Threads share the rows. In float64, where no square of a float32 over- or underflows. */
export function normGradient(
  args: NormGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const rows = args.rows, width = args.width, isCentred = args.isCentred != 0;
  const stride = <usize> width * 4, weight = args.weight;
  const end = share(rows, thread + 1, threads);
  for (let row = share(rows, thread, threads); row < end; row++) {
    const dy = args.dy + row * stride, x = args.x + row * stride, dx = args.dx + row * stride;
    let sums = f64x2.splat(0), mean: f64 = 0;
    for (let i: usize = 0; i < stride; i += 8) sums = f64x2.add(sums, pairAt(x, i, stride));
    if (isCentred) mean = total(sums) / width;
    let squares = f64x2.splat(0), ofMean = squares, ofAlong = squares;
    const means = f64x2.splat(mean);
    for (let i: usize = 0; i < stride; i += 8) {
      let centred = f64x2.sub(pairAt(x, i, stride), means);
      if (stride - i == 4) centred = f64x2.replace_lane(centred, 1, 0);
      const g = f64x2.mul(pairAt(weight, i, stride), pairAt(dy, i, stride));
      squares = f64x2.add(squares, f64x2.mul(centred, centred));
      ofMean = f64x2.add(ofMean, g);
      ofAlong = f64x2.add(ofAlong, f64x2.mul(g, centred));
    }
    const scale = 1 / sqrt<f64>(total(squares) / <f64> width + args.epsilon);
    const shift = f64x2.splat(isCentred ? total(ofMean) / width : 0);
    const along = f64x2.splat(total(ofAlong) * scale * scale / width), scales = f64x2.splat(scale);
    for (let i: usize = 0; i < stride; i += 8) {
      const centred = f64x2.sub(pairAt(x, i, stride), means);
      const g = f64x2.sub(f64x2.mul(pairAt(weight, i, stride), pairAt(dy, i, stride)), shift);
      const made = f32x4.demote_f64x2_zero(
        f64x2.mul(scales, f64x2.sub(g, f64x2.mul(centred, along))),
      );
      if (stride - i == 4) v128.store32_lane(dx + i, made, 0);
      else v128.store64_lane(dx + i, made, 0);
    }
  }
}

/** Two values; the last of an odd number with 0. */
// @ts-ignore: decorator
@inline
function pairAt(x: usize, i: usize, end: usize): v128 {
  return f64x2.promote_low_f32x4(end - i == 4 ? v128.load32_zero(x + i) : v128.load64_zero(x + i));
}

// @ts-ignore: decorator
@inline
function total(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}
