/** A step of AdamW; see cpu/adam_w.ts. */
import { AdamWArguments } from "./arguments";
import { share } from "./turns";

/** Threads share the values, in whole vectors. In float64, as the reference. */
export function adamW(args: AdamWArguments, thread: i32, threads: i32, scratch: usize): void {
  const vectors = (args.count + 3) / 4;
  const last = min(<usize> args.count * 4, <usize> share(vectors, thread + 1, threads) * 16);
  let i = <usize> share(vectors, thread, threads) * 16;
  for (; i + 16 <= last; i += 16) {
    const g = v128.load(args.gradient + i), m = v128.load(args.first + i);
    const v = v128.load(args.second + i), p = v128.load(args.parameter + i);
    stepTwo(args, i, g, m, v, p);
    stepTwo(args, i + 8, upper(g), upper(m), upper(v), upper(p));
  }
  for (; i < last; i += 4) stepOne(args, i);
}

// @ts-ignore: decorator
@inline
function upper(x: v128): v128 {
  return v128.shuffle<f32>(x, x, 2, 3, 2, 3);
}

/** The two lower values. */
// @ts-ignore: decorator
@inline
function stepTwo(args: AdamWArguments, i: usize, gradient: v128, first: v128, second: v128, parameter: v128): void {
  const beta1 = args.beta1, beta2 = args.beta2;
  const g = f64x2.mul(f64x2.splat(args.factor), f64x2.promote_low_f32x4(gradient));
  const m = f64x2.add(
    f64x2.mul(f64x2.splat(beta1), f64x2.promote_low_f32x4(first)),
    f64x2.mul(f64x2.splat(1 - beta1), g),
  );
  const v = f64x2.add(
    f64x2.mul(f64x2.splat(beta2), f64x2.promote_low_f32x4(second)),
    f64x2.mul(f64x2.mul(f64x2.splat(1 - beta2), g), g),
  );
  const size = f64x2.add(f64x2.div(f64x2.sqrt(v), f64x2.splat(args.root)), f64x2.splat(args.epsilon));
  const step = f64x2.div(f64x2.mul(f64x2.splat(args.size), m), size);
  const p = f64x2.sub(f64x2.mul(f64x2.splat(args.kept), f64x2.promote_low_f32x4(parameter)), step);
  v128.store64_lane(args.first + i, f32x4.demote_f64x2_zero(m), 0);
  v128.store64_lane(args.second + i, f32x4.demote_f64x2_zero(v), 0);
  v128.store64_lane(args.parameter + i, f32x4.demote_f64x2_zero(p), 0);
}

function stepOne(args: AdamWArguments, i: usize): void {
  const beta1 = args.beta1, beta2 = args.beta2;
  const g = args.factor * load<f32>(args.gradient + i);
  const m = beta1 * load<f32>(args.first + i) + (1 - beta1) * g;
  const v = beta2 * load<f32>(args.second + i) + (1 - beta2) * g * g;
  store<f32>(args.first + i, <f32> m);
  store<f32>(args.second + i, <f32> v);
  const step = args.size * m / (sqrt<f64>(v) / args.root + args.epsilon);
  store<f32>(args.parameter + i, <f32> (args.kept * load<f32>(args.parameter + i) - step));
}
