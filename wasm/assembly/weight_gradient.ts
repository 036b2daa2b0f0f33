/** The gradient of a linear layer by its matrix; see cpu/weight_gradient.ts. */
import { WeightGradientArguments } from "./arguments";
import { multiplyAdd } from "./tile";

/** Rows of x that stay in the cache while all outputs are multiplied by them. */
const NEAR: i32 = 64;

/** Threads share the outputs. */
export function weightGradient(
  args: WeightGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const rows = args.rows, inputs = args.inputs, outputs = args.outputs;
  const first = outputs * thread / threads, last = outputs * (thread + 1) / threads;
  if (first == last) return;
  memory.fill(args.result + <usize> first * inputs * 4, 0, <usize> (last - first) * inputs * 4);
  for (let row = 0; row < rows; row += NEAR) {
    const count = min(NEAR, rows - row);
    for (let o = first; o < last; o++) {
      addProducts(
        args.dy + (<usize> row * outputs + o) * 4, <usize> outputs * 4,
        args.x + <usize> row * inputs * 4, count,
        args.result + <usize> o * inputs * 4, inputs,
      );
    }
  }
}

/** Adds `count` rows of x, each times its factor. */
function addProducts(
  factors: usize, stride: usize, x: usize, count: i32, to: usize, inputs: i32,
): void {
  let i = 0;
  for (; i + 4 <= inputs; i += 4) {
    let sum = v128.load(to + (i << 2));
    for (let row = 0; row < count; row++) {
      const factor = v128.load32_splat(factors + row * stride);
      sum = multiplyAdd(factor, v128.load(x + (<usize> row * inputs + i) * 4), sum);
    }
    v128.store(to + (i << 2), sum);
  }
  for (; i < inputs; i++) {
    let sum = load<f32>(to + (i << 2));
    for (let row = 0; row < count; row++) {
      sum += load<f32>(factors + row * stride) * load<f32>(x + (<usize> row * inputs + i) * 4);
    }
    store<f32>(to + (i << 2), sum);
  }
}
