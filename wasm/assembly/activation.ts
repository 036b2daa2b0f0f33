/** Activation functions; see cpu/activation.ts. */
import { Activation, ActivationArguments } from "./arguments";
import { constant } from "./constants";
import { exponential } from "./exponential";
import { multiplyAdd } from "./tile";
import { share } from "./turns";

/** Threads share the values, in whole vectors. */
export function activation(args: ActivationArguments, thread: i32, threads: i32, scratch: usize): void {
  const count = args.count;
  const vectors = (count + 3) / 4;
  const first = 4 * share(vectors, thread, threads);
  const last = min(count, 4 * share(vectors, thread + 1, threads));
  activate(args.x + first * 4, args.y + first * 4, last - first, args.name);
}

/** `y = name(x)` for `count` values; x and y may be the same. */
export function activate(x: usize, y: usize, count: i32, name: i32): void {
  const isCommon = name == Activation.gelu || name == Activation.relu ||
    name == Activation.silu || name == Activation.tanh || name == Activation.gelu_new;
  if (!isCommon) return activateOther(x, y, count, name);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(y + (i << 2), apply(v128.load(x + (i << 2)), name));
  }
  for (; i < count; i++) {
    store<f32>(y + (i << 2), f32x4.extract_lane(apply(v128.load32_splat(x + (i << 2)), name), 0));
  }
}

/** The functions of few models. */
function activateOther(x: usize, y: usize, count: i32, name: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(y + (i << 2), applyOther(v128.load(x + (i << 2)), name));
  }
  for (; i < count; i++) {
    store<f32>(y + (i << 2), f32x4.extract_lane(applyOther(v128.load32_splat(x + (i << 2)), name), 0));
  }
}

// @ts-ignore: decorator
@inline
function apply(x: v128, name: i32): v128 {
  if (name == Activation.gelu) {
    const half = f32x4.mul(x, f32x4.splat(0.5));
    return multiplyAdd(half, erf(f32x4.mul(x, f32x4.splat(0.70710678118654752))), half);
  }
  if (name == Activation.relu) return f32x4.max(x, f32x4.splat(0));
  if (name == Activation.silu) return overLogistic(x, x);
  if (name == Activation.tanh) return tanh(x);
  // gelu_new
  const cubic = f32x4.mul(f32x4.mul(x, x), f32x4.mul(x, f32x4.splat(0.044715)));
  const inner = f32x4.mul(f32x4.splat(0.79788456080286536), f32x4.add(x, cubic));
  const half = f32x4.mul(x, f32x4.splat(0.5));
  return multiplyAdd(half, tanh(inner), half);
}

function applyOther(x: v128, name: i32): v128 {
  const zero = f32x4.splat(0);
  if (name == Activation.relu2) {
    const positive = f32x4.max(x, zero);
    return f32x4.mul(positive, positive);
  }
  if (name == Activation.relu6) return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
  if (name == Activation.leaky_relu) {
    return v128.bitselect(f32x4.mul(x, f32x4.splat(0.01)), x, f32x4.lt(x, zero));
  }
  if (name == Activation.sigmoid) return overLogistic(f32x4.splat(1), x);
  if (name == Activation.quick_gelu) return overLogistic(x, f32x4.mul(x, f32x4.splat(1.702)));
  if (name == Activation.mish) {
    // tanh(log(1 + n)) = p / (p + 2) with p = n·(n + 2) and n = exp(x); 1 from 20 on.
    const n = exponential(f32x4.pmin(x, f32x4.splat(20)));
    const p = f32x4.mul(n, f32x4.add(n, f32x4.splat(2)));
    return f32x4.mul(x, f32x4.div(p, f32x4.add(p, f32x4.splat(2))));
  }
  // laplace
  const z = f32x4.mul(f32x4.sub(x, f32x4.splat(0.707107)), f32x4.splat(LAPLACE_SCALE));
  const half = f32x4.splat(0.5);
  return multiplyAdd(half, erf(z), half);
}

/** 1 / (0.282095·√2) */
const LAPLACE_SCALE: f32 = 2.506626424383798;

/**
 * `x / (1 + exp(−z))`. From 88.4 on `exponential` gives infinity: the result is 0, NaN if x is
 * infinite.
 */
// @ts-ignore: decorator
@inline
function overLogistic(x: v128, z: v128): v128 {
  const e = exponential(f32x4.min(f32x4.neg(z), f32x4.splat(89)));
  return f32x4.div(x, f32x4.add(f32x4.splat(1), e));
}

const ERF = memory.data<f32>([
  4, -4,
  -2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05,
  -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02,
  -1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03,
  -1.42647390514189e-02,
]);

/** Rational approximation on [−4, 4], where erf reaches ±1 in float32 (error 4e-7; Eigen, XLA). */
// @ts-ignore: decorator
@inline
export function erf(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, constant(ERF, 0)), constant(ERF, 1)); // keeps NaN
  const s = f32x4.mul(x, x);
  let p = constant(ERF, 2);
  p = multiplyAdd(p, s, constant(ERF, 3));
  p = multiplyAdd(p, s, constant(ERF, 4));
  p = multiplyAdd(p, s, constant(ERF, 5));
  p = multiplyAdd(p, s, constant(ERF, 6));
  p = multiplyAdd(p, s, constant(ERF, 7));
  p = multiplyAdd(p, s, constant(ERF, 8));
  let q = constant(ERF, 9);
  q = multiplyAdd(q, s, constant(ERF, 10));
  q = multiplyAdd(q, s, constant(ERF, 11));
  q = multiplyAdd(q, s, constant(ERF, 12));
  q = multiplyAdd(q, s, constant(ERF, 13));
  return f32x4.div(f32x4.mul(x, p), q);
}

/**
 * `sign(x)·(1 − e) / (1 + e)` with `e = exp(−2|x|)`; below 0.3 the odd series up to x⁹, where the
 * difference from 1 would lose digits.
 */
// @ts-ignore: decorator
@inline
function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const e = exponential(f32x4.mul(size, f32x4.splat(-2)));
  const one = f32x4.splat(1);
  const large = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e));
  const s = f32x4.mul(x, x);
  let p = f32x4.splat(-1382.0 / 155925.0);
  p = multiplyAdd(p, s, f32x4.splat(62.0 / 2835.0));
  p = multiplyAdd(p, s, f32x4.splat(-17.0 / 315.0));
  p = multiplyAdd(p, s, f32x4.splat(2.0 / 15.0));
  p = multiplyAdd(p, s, f32x4.splat(-1.0 / 3.0));
  const small = multiplyAdd(f32x4.mul(p, s), size, size);
  const magnitude = v128.bitselect(small, large, f32x4.lt(size, f32x4.splat(0.3)));
  const sign = v128.and(x, f32x4.splat(-0.0));
  return v128.or(magnitude, sign);
}
