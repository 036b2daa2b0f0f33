/** A step of AdamW; see cpu/adam_w.ts. */
import { AdamWArguments } from "./arguments";

/** Threads share the values. In float64, as the reference. */
export function adamW(args: AdamWArguments, thread: i32, threads: i32, scratch: usize): void {
  const beta1 = args.beta1, beta2 = args.beta2;
  const last = <usize> (<i64> args.count * (thread + 1) / threads) * 4;
  for (let i = <usize> (<i64> args.count * thread / threads) * 4; i < last; i += 4) {
    const g = args.factor * load<f32>(args.gradient + i);
    const m = beta1 * load<f32>(args.first + i) + (1 - beta1) * g;
    const v = beta2 * load<f32>(args.second + i) + (1 - beta2) * g * g;
    store<f32>(args.first + i, <f32> m);
    store<f32>(args.second + i, <f32> v);
    const step = args.size * m / (sqrt<f64>(v) / args.root + args.epsilon);
    store<f32>(args.parameter + i, <f32> (args.kept * load<f32>(args.parameter + i) - step));
  }
}
