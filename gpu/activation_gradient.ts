/**
 * The gradient of activation functions.
 *
 * @module
 */
import { ACTIVATE, activationNumber } from "./activation.ts";
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value. Squares of hyperbolic functions come of exponentials, to lose nothing. */
const KERNEL: Kernel = {
  name: "activation_gradient",
  code: /* wgsl */ `
@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
${ACTIVATE}
fn logistic(x: f32) -> f32 {
  return 1 / (1 + exp(clamp(-x, -88, 88)));
}

/** The derivative of \`x·σ(x)\`. */
fn logisticProduct(x: f32) -> f32 {
  let z = clamp(x, -88, 88);
  return logistic(z) * (1 + z * logistic(-z));
}

/** The density of the standard normal distribution; beyond 13 it is less than 1e-37. */
fn density(x: f32) -> f32 {
  let z = clamp(x, -13, 13);
  return 0.39894228 * exp(-0.5 * z * z);
}

/** \`1 − tanh²\`. */
fn tangentSlope(x: f32) -> f32 {
  let e = exp(max(-2 * abs(x), -88));
  return 4 * e / ((1 + e) * (1 + e));
}

fn slope(x: f32) -> f32 {
  if ((bitcast<u32>(x) & 0x7fffffff) > 0x7f800000) {
    return x;
  }
  switch ACTIVATION {
    case ${activationNumber("gelu")}: {
      return fma(0.5, erf(x * 0.70710678), 0.5) + clamp(x, -13, 13) * density(x);
    }
    case ${activationNumber("gelu_new")}: {
      let z = clamp(x, -10, 10);
      let inner = 0.79788456 * fma(0.044715 * z * z, z, z);
      let steep = 0.79788456 * fma(0.134145 * z, z, 1);
      return fma(0.5, hyperbolicTangent(inner), 0.5) + 0.5 * z * tangentSlope(inner) * steep;
    }
    case ${activationNumber("laplace")}: {
      return density((x - 0.707107) * 3.5449051) * 3.5449051;
    }
    case ${activationNumber("leaky_relu")}: {
      return select(0.01, 1, x > 0);
    }
    case ${activationNumber("mish")}: {
      // With n = exp(x) and m = n + 1: tanh is (m² − 1)/(m² + 1), 1 − tanh² is 4m²/(m² + 1)².
      let z = clamp(x, -88, 20);
      let n = exp(z);
      let p = n * (n + 2);
      let m = (n + 1) * (n + 1);
      return p / (p + 2) + z * (4 * m / ((p + 2) * (p + 2))) * logistic(z);
    }
    case ${activationNumber("quick_gelu")}: {
      return logisticProduct(1.702 * x);
    }
    case ${activationNumber("relu")}: {
      return select(0.0, 1, x > 0);
    }
    case ${activationNumber("relu2")}: {
      return 2 * max(x, 0);
    }
    case ${activationNumber("relu6")}: {
      return select(0.0, 1, x > 0 && x < 6);
    }
    case ${activationNumber("sigmoid")}: {
      return logistic(x) * logistic(-x);
    }
    case ${activationNumber("silu")}: {
      return logisticProduct(x);
    }
    default: {
      return tangentSlope(x);
    }
  }
}
${MAIN}
  if (i >= count) {
    return;
  }
  dx[i] = dy[i] * slope(x[i]);
}
`,
};

/** `dy·f′(x)`; see cpu/activation_gradient.ts. */
export const activationGradient: GpuKernel<"activationGradient"> = (
  { dy, x },
  dx,
  { count, name },
  context,
) => {
  expectFloat32("activationGradient", context);
  return [{
    kernel: KERNEL,
    constants: { ACTIVATION: activationNumber(name) },
    words: [count],
    buffers: [dy.buffer, x.buffer, dx.buffer],
    groups: invocations(count),
  }];
};
