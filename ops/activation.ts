/**
 * Activation functions.
 *
 * @module
 */
import { type ActivationName, expectActivation } from "./activation_name.ts";
import { product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

export { type ActivationName, ACTIVATIONS, expectActivation } from "./activation_name.ts";

/** Sizes and settings of an activation. */
export interface ActivationShape {
  /** Number of values of x. */
  readonly count: number;
  /** The function. */
  readonly name: ActivationName;
}

/**
 * Applies a function to each value: x `[…]` → `[…]`.
 *
 * @throws {RangeError} If the function does not exist.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { activation } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([-1, 0, 2]), [1, 3]);
 * const y = backend.run(activation, x, "relu"); // the method backend.activation does the same
 * assertEquals([...await y.getData()], [0, 0, 2]);
 * ```
 */
export const activation: Operation<
  (x: Floats, name: ActivationName) => Floats,
  { readonly x: Operand<"rows"> },
  ActivationShape
> = {
  name: "activation",
  plan(x, name) {
    expectActivation(name);
    return {
      operands: { x: rows(x) },
      shape: { count: product(x.dims), name },
      result: floats(x.dims),
    };
  },
};
