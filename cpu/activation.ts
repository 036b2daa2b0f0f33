/**
 * Activation functions.
 *
 * @module
 */
import type { ActivationName } from "../ops/backend.ts";
import { erf } from "./erf.ts";

const functions: Record<ActivationName, (x: number) => number> = {
  gelu: (x) => x * 0.5 * (1 + erf(x / Math.SQRT2)),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  relu: (x) => Math.max(x, 0),
  silu: (x) => x / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

/**
 * Applies a function to each value.
 *
 * @param x Any shape.
 * @param name `gelu` (with erf), `gelu_new` (its approximation by tanh), `relu`, `silu` or `tanh`.
 * @returns The shape of x.
 * @throws {RangeError} If there is no such function.
 *
 * @example
 * ```ts
 * import { activation } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...activation(new Float32Array([-1, 2]), "relu")], [0, 2]);
 * ```
 */
export function activation(x: Float32Array, name: ActivationName): Float32Array {
  if (!Object.hasOwn(functions, name)) {
    throw new RangeError(
      `activation: got ${JSON.stringify(name)}, wanted one of ${Object.keys(functions).join(", ")}`,
    );
  }
  return x.map(functions[name]);
}
