/** The gradient of activation functions; see cpu/activation_gradient.ts. */
import { Activation, ActivationGradientArguments } from "./arguments";

/** Threads share the values. In float64, by the functions of AssemblyScript. */
export function activationGradient(
  args: ActivationGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const count = args.count, name = args.name;
  const last = <i32> (<i64> count * (thread + 1) / threads);
  for (let i = <i32> (<i64> count * thread / threads); i < last; i++) {
    const slope = slopeOf(name, load<f32>(args.x + <usize> i * 4));
    store<f32>(args.dx + <usize> i * 4, <f32> (<f64> load<f32>(args.dy + <usize> i * 4) * slope));
  }
}

function slopeOf(name: i32, x: f64): f64 {
  if (isNaN(x)) return x; // comparisons would hide it
  if (name == Activation.gelu) return gelu(x);
  if (name == Activation.gelu_new) {
    const t = NativeMath.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x));
    if (abs(x) > 10) return (1 + t) / 2;
    return (1 + t) / 2 + x * (1 - t * t) * 0.7978845608028654 * (1 + 0.134145 * x * x) / 2;
  }
  if (name == Activation.laplace) return density((x - 0.707107) / 0.282095) / 0.282095;
  if (name == Activation.leaky_relu) return x > 0 ? 1 : 0.01;
  if (name == Activation.mish) {
    const t = NativeMath.tanh(NativeMath.log1p(NativeMath.exp(x)));
    return t + product(x, (1 - t * t) * logistic(x));
  }
  if (name == Activation.quick_gelu) return logisticProduct(1.702 * x);
  if (name == Activation.relu) return x > 0 ? 1 : 0;
  if (name == Activation.relu2) return 2 * max(x, 0);
  if (name == Activation.relu6) return x > 0 && x < 6 ? 1 : 0;
  if (name == Activation.sigmoid) return logistic(x) * logistic(-x);
  if (name == Activation.silu) return logisticProduct(x);
  const t = NativeMath.tanh(x);
  return 1 - t * t;
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

function gelu(x: f64): f64 {
  return (1 + erf(x * 0.7071067811865476)) / 2 + product(x, density(x));
}

/** As base/erf.ts. */
function erf(x: f64): f64 {
  const z = abs(x);
  if (z > 6) return x > 0 ? 1 : -1;
  if (z < 3) {
    let term = x, sum = x;
    for (let n = 1; abs(term) > 1e-17 * abs(sum); n++) {
      term *= 2 * x * x / <f64> (2 * n + 1);
      sum += term;
    }
    return 1.1283791670955126 * NativeMath.exp(-x * x) * sum;
  }
  let fraction = z;
  for (let n = 60; n > 0; n--) fraction = z + <f64> n / 2 / fraction;
  const rest = NativeMath.exp(-z * z) / (fraction * 1.7724538509055159);
  return x > 0 ? 1 - rest : rest - 1;
}
