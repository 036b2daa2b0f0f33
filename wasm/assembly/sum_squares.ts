/** Sums of squares; see cpu/sum_squares.ts. */
import { SumSquaresArguments } from "./arguments";
import { share } from "./turns";

/** Threads share the parts. In float64, where no square of a float32 over- or underflows. */
export function sumSquares(args: SumSquaresArguments, thread: i32, threads: i32, scratch: usize): void {
  const count = args.count, parts = args.parts;
  if (parts == 0) return;
  const part = (count + parts - 1) / parts;
  const end = share(parts, thread + 1, threads);
  for (let p = share(parts, thread, threads); p < end; p++) {
    const last = min(count, (p + 1) * part);
    let low = f64x2.splat(0), high = low;
    let i = p * part;
    for (; i + 4 <= last; i += 4) {
      const x = v128.load(args.x + <usize> i * 4);
      const a = f64x2.promote_low_f32x4(x);
      const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
      low = f64x2.add(low, f64x2.mul(a, a));
      high = f64x2.add(high, f64x2.mul(b, b));
    }
    low = f64x2.add(low, high);
    let sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
    for (; i < last; i++) {
      const x = <f64> load<f32>(args.x + <usize> i * 4);
      sum += x * x;
    }
    store<f32>(args.result + <usize> p * 4, <f32> sum);
  }
}
