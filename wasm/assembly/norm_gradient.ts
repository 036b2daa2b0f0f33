/** The gradient of norms; see cpu/norm_gradient.ts. */
import { NormGradientArguments } from "./arguments";

/** Threads share the rows. In float64, where no square of a float32 over- or underflows. */
export function normGradient(
  args: NormGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const rows = args.rows, width = args.width, isCentred = args.isCentred != 0;
  const stride = <usize> width * 4, weight = args.weight;
  for (let row = rows * thread / threads; row < rows * (thread + 1) / threads; row++) {
    const dy = args.dy + row * stride, x = args.x + row * stride, dx = args.dx + row * stride;
    const residual = args.residual ? args.residual + row * stride : 0;
    let mean: f64 = 0;
    if (isCentred) {
      for (let i: usize = 0; i < stride; i += 4) mean += valueOf(x, residual, i);
      mean /= width;
    }
    let squares: f64 = 0;
    for (let i: usize = 0; i < stride; i += 4) squares += (valueOf(x, residual, i) - mean) ** 2;
    const scale = 1 / sqrt<f64>(squares / <f64> width + args.epsilon);
    let meanOf: f64 = 0, along: f64 = 0;
    for (let i: usize = 0; i < stride; i += 4) {
      const g = <f64> load<f32>(weight + i) * load<f32>(dy + i);
      meanOf += g;
      along += g * (valueOf(x, residual, i) - mean) * scale;
    }
    meanOf = isCentred ? meanOf / width : 0;
    along /= width;
    for (let i: usize = 0; i < stride; i += 4) {
      const g = <f64> load<f32>(weight + i) * load<f32>(dy + i);
      const normed = (valueOf(x, residual, i) - mean) * scale;
      store<f32>(dx + i, <f32> (scale * (g - meanOf - normed * along)));
    }
  }
}

// @ts-ignore: decorator
@inline
function valueOf(x: usize, residual: usize, i: usize): f64 {
  const value = <f64> load<f32>(x + i);
  return residual ? value + load<f32>(residual + i) : value;
}
