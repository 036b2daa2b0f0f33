/** The gradient of activation functions; see cpu/activation_gradient.ts. */
import { erf } from "./activation";
import { Activation, ActivationGradientArguments } from "./arguments";
import { exponential } from "./exponential";
import { multiplyAdd } from "./tile";
import { share } from "./turns";

/** Threads share the values, in whole vectors. */
export function activationGradient(
  args: ActivationGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const count = args.count, name = args.name, dy = args.dy, x = args.x, dx = args.dx;
  const vectors = (count + 3) / 4;
  const last = min(count, 4 * share(vectors, thread + 1, threads));
  let i = 4 * share(vectors, thread, threads);
  const isCommon = name == Activation.gelu || name == Activation.relu ||
    name == Activation.silu || name == Activation.tanh || name == Activation.gelu_new;
  if (isCommon) {
    for (; i + 4 <= last; i += 4) {
      const at = <usize> i * 4;
      v128.store(dx + at, f32x4.mul(v128.load(dy + at), slopesOf(name, v128.load(x + at))));
    }
    for (; i < last; i++) {
      const at = <usize> i * 4;
      const slope = f32x4.extract_lane(slopesOf(name, v128.load32_splat(x + at)), 0);
      store<f32>(dx + at, load<f32>(dy + at) * slope);
    }
    return;
  }
  for (; i < last; i++) {
    const at = <usize> i * 4;
    store<f32>(dx + at, <f32> (<f64> load<f32>(dy + at) * slopeOf(name, load<f32>(x + at))));
  }
}

// @ts-ignore: decorator
@inline
function slopesOf(name: i32, x: v128): v128 {
  const one = f32x4.splat(1);
  if (name == Activation.gelu) {
    const half = f32x4.splat(0.5);
    const share = multiplyAdd(half, erf(f32x4.mul(x, f32x4.splat(0.70710678118654752))), half);
    // From 14 on the density is 0, and x may be infinite.
    const near = clamp(x, 14);
    const density = exponential(f32x4.mul(f32x4.mul(near, near), f32x4.splat(-0.5)));
    return multiplyAdd(f32x4.mul(near, f32x4.splat(0.3989422804014327)), density, share);
  }
  // NaN stays: it is neither above 0 nor not.
  if (name == Activation.relu) {
    const step = v128.and(f32x4.gt(x, f32x4.splat(0)), one);
    return v128.bitselect(x, step, f32x4.ne(x, x));
  }
  if (name == Activation.silu) return productSlope(clamp(x, 110), x, one);
  if (name == Activation.tanh) {
    const e = exponential(f32x4.mul(f32x4.abs(x), f32x4.splat(-2))), sum = f32x4.add(one, e);
    return f32x4.div(f32x4.mul(f32x4.splat(4), e), f32x4.mul(sum, sum));
  }
  // gelu_new: x·σ(z) with z = 2√(2/π)·(x + 0.044715x³)
  const near = clamp(x, 12), square = f32x4.mul(near, near), factor = f32x4.splat(1.5957691216057308);
  const rest = multiplyAdd(square, f32x4.splat(0.044715), one);
  const slope = f32x4.mul(factor, multiplyAdd(square, f32x4.splat(0.134145), one));
  return productSlope(near, f32x4.mul(f32x4.mul(factor, near), rest), slope);
}

/** Values between −most and most, where functions no longer change; keeps NaN. */
// @ts-ignore: decorator
@inline
function clamp(x: v128, most: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(-most)), f32x4.splat(most));
}

/** The slope of `x·σ(z)`: `σ(z) + x·z′·σ(z)·σ(−z)`. */
// @ts-ignore: decorator
@inline
function productSlope(x: v128, z: v128, slope: v128): v128 {
  const one = f32x4.splat(1), e = exponential(f32x4.neg(f32x4.abs(z)));
  const larger = f32x4.div(one, f32x4.add(one, e)), smaller = f32x4.mul(e, larger);
  const share = v128.bitselect(smaller, larger, f32x4.lt(z, f32x4.splat(0)));
  return multiplyAdd(f32x4.mul(x, slope), f32x4.mul(larger, smaller), share);
}

/** Functions of few models, in float64, by those of AssemblyScript. */
function slopeOf(name: i32, x: f64): f64 {
  if (isNaN(x)) return x; // comparisons would hide it
  if (name == Activation.laplace) return density((x - 0.707107) / 0.282095) / 0.282095;
  if (name == Activation.leaky_relu) return x > 0 ? 1 : 0.01;
  if (name == Activation.mish) {
    const t = NativeMath.tanh(NativeMath.log1p(NativeMath.exp(x)));
    return t + product(x, (1 - t * t) * logistic(x));
  }
  if (name == Activation.quick_gelu) return logisticProduct(1.702 * x);
  if (name == Activation.relu2) return 2 * max(x, 0);
  if (name == Activation.relu6) return x > 0 && x < 6 ? 1 : 0;
  return logistic(x) * logistic(-x); // sigmoid
}

function logistic(x: f64): f64 {
  return 1 / (1 + NativeMath.exp(-x));
}

/** `σ(x)·(1 + x·σ(−x))`. */
function logisticProduct(x: f64): f64 {
  return product(1 + product(x, logistic(-x)), logistic(x));
}

/** Where the factor is lost, so is the product, of infinity too. */
function product(x: f64, factor: f64): f64 {
  return factor == 0 ? 0 : x * factor;
}

function density(x: f64): f64 {
  return NativeMath.exp(-x * x / 2) * 0.3989422804014327;
}
