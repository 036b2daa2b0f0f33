/**
 * Activation functions.
 *
 * @module
 */
import { type ActivationName, ACTIVATIONS } from "../ops/activation.ts";
import { INFINITE } from "./infinite_kernel.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** Numbers of the functions in WGSL. */
const NUMBERS = Object.fromEntries(
  ACTIVATIONS.map((name, i) => [name, i + 1]),
) as Readonly<Record<ActivationName, number>>;

/**
 * WGSL: `activate(x)`, with the override constant `ACTIVATION`.
 *
 * WGSL has no `erf` and guarantees little accuracy of its own `tanh`: `erf` is a rational function
 * on [−4, 4] (error 4e-7; Eigen, XLA) and ±1 beyond, however a driver rounds the quotient: any
 * error would be amplified by large numbers. `tanh` is `(1 − e) / (1 + e)` with `e = exp(−2|x|)`,
 * from 10 on 1 for the same reason, and below 0.3, where that would lose digits, its odd series.
 *
 * NaN is passed on before any comparison: `max`, `clamp` and `sign` may turn it into a number.
 */
export const ACTIVATE = /* wgsl */ `${INFINITE}
override ACTIVATION: u32 = 0;

fn erf(value: f32) -> f32 {
  let x = clamp(value, -4, 4);
  let s = x * x;
  var p = fma(-2.72614225801306e-10, s, 2.77068142495902e-08);
  p = fma(p, s, -2.10102402082508e-06);
  p = fma(p, s, -5.69250639462346e-05);
  p = fma(p, s, -7.34990630326855e-04);
  p = fma(p, s, -2.95459980854025e-03);
  p = fma(p, s, -1.60960333262415e-02);
  var q = fma(-1.45660718464996e-05, s, -2.13374055278905e-04);
  q = fma(q, s, -1.68282697438203e-03);
  q = fma(q, s, -7.37332916720468e-03);
  q = fma(q, s, -1.42647390514189e-02);
  return select(x * p / q, sign(x), abs(value) >= 4);
}

fn hyperbolicTangent(x: f32) -> f32 {
  let size = abs(x);
  let e = exp(max(-2 * size, -88));
  let s = x * x;
  var p = fma(-1382.0 / 155925.0, s, 62.0 / 2835.0);
  p = fma(p, s, -17.0 / 315.0);
  p = fma(p, s, 2.0 / 15.0);
  p = fma(p, s, -1.0 / 3.0);
  let small = fma(p * s, size, size);
  return sign(x) * select(select((1 - e) / (1 + e), 1, size >= 10), small, size < 0.3);
}

/** \`0·x\`, NaN of an infinite x: as bits, since a compiler may take the product for 0. */
fn zeroOf(x: f32) -> f32 {
  return select(0, bitcast<f32>(bitcast<u32>(x) | 0x7fc00000), isInfinite(x));
}

/** \`x / (1 + exp(−z))\`; exp overflows above 88, and with z below −88 the result is zero. */
fn overLogistic(x: f32, z: f32) -> f32 {
  return select(x / (1 + exp(clamp(-z, -88, 88))), zeroOf(x), z < -88);
}

fn activate(x: f32) -> f32 {
  if ((bitcast<u32>(x) & 0x7fffffff) > 0x7f800000) {
    return x;
  }
  switch ACTIVATION {
    case ${NUMBERS.gelu}: {
      return fma(0.5 * x, erf(x * 0.70710678), 0.5 * x);
    }
    case ${NUMBERS.gelu_new}: {
      // Beyond ±10 tanh is ±1; the cube of larger values may overflow.
      let z = clamp(x, -10, 10);
      return fma(0.5 * x, hyperbolicTangent(0.79788456 * fma(0.044715 * z * z, z, z)), 0.5 * x);
    }
    case ${NUMBERS.laplace}: {
      // 1 / (0.282095·√2)
      return fma(0.5, erf((x - 0.707107) * 2.50662642), 0.5);
    }
    case ${NUMBERS.leaky_relu}: {
      return select(x, 0.01 * x, x < 0);
    }
    case ${NUMBERS.mish}: {
      // tanh(log(1 + n)) = p / (p + 2) with p = n·(n + 2) and n = exp(x); 1 from 20 on.
      let n = exp(clamp(x, -88, 20));
      let p = n * (n + 2);
      return select(x * (p / (p + 2)), zeroOf(x), x < -88);
    }
    case ${NUMBERS.quick_gelu}: {
      return overLogistic(x, 1.702 * x);
    }
    case ${NUMBERS.relu}: {
      return max(x, 0);
    }
    case ${NUMBERS.relu2}: {
      return max(x, 0) * max(x, 0);
    }
    case ${NUMBERS.relu6}: {
      return clamp(x, 0, 6);
    }
    case ${NUMBERS.sigmoid}: {
      return overLogistic(1, x);
    }
    case ${NUMBERS.silu}: {
      return overLogistic(x, x);
    }
    case ${NUMBERS.tanh}: {
      return hyperbolicTangent(x);
    }
    default: {
      return x;
    }
  }
}
`;

/** One invocation per value. */
const KERNEL: Kernel = {
  name: "activation",
  code: /* wgsl */ `
@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read_write> y: array<Stored>;
${ACTIVATE}
${MAIN}
  if (i >= count) {
    return;
  }
  y[i] = stored(activate(f32(x[i])));
}
`,
};

/**
 * The number of a function in WGSL.
 *
 * @param name Its name, or undefined for none.
 * @returns Its number, 0 for none.
 */
export function activationNumber(name: ActivationName | undefined): number {
  return name === undefined ? 0 : NUMBERS[name];
}

/** Applies a function to each value; see cpu/activation.ts. */
export const activation: GpuKernel<"activation"> = ({ x }, y, { count, name }) => [{
  kernel: KERNEL,
  constants: { ACTIVATION: activationNumber(name) },
  words: [count],
  buffers: [x.buffer, y.buffer],
  groups: invocations(count),
}];
