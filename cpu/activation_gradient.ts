/**
 * The gradient of activation functions.
 *
 * @module
 */
import { erf } from "../base/erf.ts";
import type { ActivationGradientShape } from "../ops/activation_gradient.ts";
import type { ActivationName } from "../ops/activation_name.ts";
import type { CpuOperands } from "./roles.ts";

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
/** The density of the standard normal distribution. */
const density = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
/** `x·factor`; where the factor is lost, so is the product, of infinity too. */
const product = (x: number, factor: number) => factor === 0 ? 0 : x * factor;
const SLOPE = Math.sqrt(2 / Math.PI);

/** The derivatives of the functions of cpu/activation.ts. */
const derivatives: Record<ActivationName, (x: number) => number> = {
  gelu: (x) => (1 + erf(x / Math.SQRT2)) / 2 + product(x, density(x)),
  gelu_new(x) {
    const t = Math.tanh(SLOPE * (x + 0.044715 * x ** 3));
    // Beyond ±10 the second term is lost, and may be 0·∞.
    if (Math.abs(x) > 10) return (1 + t) / 2;
    return (1 + t) / 2 + x * (1 - t * t) * SLOPE * (1 + 3 * 0.044715 * x * x) / 2;
  },
  laplace: (x) => density((x - 0.707107) / 0.282095) / 0.282095,
  leaky_relu: (x) => x > 0 ? 1 : 0.01,
  mish(x) {
    const t = Math.tanh(Math.log1p(Math.exp(x)));
    return t + product(x, (1 - t * t) * logistic(x));
  },
  quick_gelu: (x) => logisticProduct(1.702 * x),
  relu: (x) => x > 0 ? 1 : 0,
  relu2: (x) => 2 * Math.max(x, 0),
  relu6: (x) => x > 0 && x < 6 ? 1 : 0,
  sigmoid: (x) => logistic(x) * logistic(-x),
  silu: logisticProduct,
  tanh: (x) => 1 - Math.tanh(x) ** 2,
};

/** The derivative of `x·σ(x)`: `σ(x)·(1 + x·σ(−x))`. */
function logisticProduct(x: number): number {
  return product(1 + product(x, logistic(-x)), logistic(x));
}

/**
 * `dy·f′(x)`, value by value; where f has a corner, the slope on its left.
 *
 * @param operands dy and x of the same shape.
 * @param shape The function's name.
 * @returns The shape of x.
 *
 * @example
 * ```ts
 * import { activationGradient } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const operands = { dy: new Float32Array([5, 5]), x: new Float32Array([-1, 2]) };
 * assertEquals([...activationGradient(operands, { name: "relu" })], [0, 5]);
 * ```
 */
export function activationGradient(
  { dy, x }: CpuOperands<"activationGradient">,
  { name }: Pick<ActivationGradientShape, "name">,
): Float32Array {
  // Comparisons would hide NaN.
  return x.map((value, i) => dy[i] * (Number.isNaN(value) ? NaN : derivatives[name](value)));
}
