/**
 * Activation functions.
 *
 * @module
 */
import type { ActivationName, ActivationShape } from "../ops/activation.ts";
import { erf } from "../base/erf.ts";
import type { CpuOperands } from "./roles.ts";

/** As in transformers' `activations.py`. */
const functions: Record<ActivationName, (x: number) => number> = {
  gelu: (x) => x * 0.5 * (1 + erf(x / Math.SQRT2)),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  laplace: (x) => 0.5 * (1 + erf((x - 0.707107) / (0.282095 * Math.SQRT2))),
  leaky_relu: (x) => x < 0 ? 0.01 * x : x,
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  quick_gelu: (x) => x / (1 + Math.exp(-1.702 * x)),
  relu: (x) => Math.max(x, 0),
  relu2: (x) => Math.max(x, 0) ** 2,
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

/**
 * Applies a function to each value.
 *
 * @param operands x of any shape.
 * @param shape The function's name: `gelu` (with erf), `gelu_new` (its approximation by tanh),
 * `laplace` (of Mega), `leaky_relu` (slope 0.01), `mish`, `quick_gelu` (by the logistic function),
 * `relu`, `relu2` (squared), `relu6` (at most 6), `sigmoid`, `silu` or `tanh`.
 * @returns The shape of x.
 *
 * @example
 * ```ts
 * import { activation } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([-1, 2]);
 * assertEquals([...activation({ x }, { name: "relu" })], [0, 2]);
 * ```
 */
export function activation(
  { x }: CpuOperands<"activation">,
  { name }: Pick<ActivationShape, "name">,
): Float32Array {
  return x.map(functions[name]);
}
