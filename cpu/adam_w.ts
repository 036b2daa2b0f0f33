/**
 * A step of AdamW.
 *
 * @module
 */
import type { AdamWShape } from "../ops/adam_w.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `m ← β₁m + (1 − β₁)g`, `v ← β₂v + (1 − β₂)g²`, `θ ← kept·θ − size·m / (√v/root + ε)`, value by
 * value, in place; each is computed in float64 and stored as float32.
 *
 * @param operands parameter `θ`, gradient `g`, first `m` and second `v` of the same shape.
 * @param shape The numbers of the step.
 *
 * @example The first step goes by the rate, whatever the gradient's size
 * ```ts
 * import { adamW } from "@lsg/core/cpu";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const parameter = new Float32Array([1]);
 * const [first, second] = [new Float32Array(1), new Float32Array(1)];
 * const numbers = { factor: 1, kept: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
 * const shape = { ...numbers, count: 1, size: 0.1 / (1 - 0.9), root: Math.sqrt(1 - 0.999) };
 * adamW({ parameter, gradient: new Float32Array([5]), first, second }, shape);
 * assertAlmostEquals(parameter[0], 0.9, 1e-6);
 * ```
 */
export function adamW(
  { parameter, gradient, first, second }: CpuOperands<"adamW">,
  { count, factor, kept, beta1, beta2, size, root, epsilon }: AdamWShape,
): void {
  for (let i = 0; i < count; i++) {
    const g = factor * gradient[i];
    const m = beta1 * first[i] + (1 - beta1) * g;
    const v = beta2 * second[i] + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = kept * parameter[i] - size * m / (Math.sqrt(v) / root + epsilon);
  }
}
