/**
 * The gradient of activation functions.
 *
 * @module
 */
import { type ActivationName, expectActivation } from "./activation_name.ts";
import { expectDims, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes and settings of the gradient of an activation. */
export interface ActivationGradientShape {
  /** Number of values of x. */
  readonly count: number;
  /** The function. */
  readonly name: ActivationName;
}

/**
 * `dy·f′(x)`, value by value: dy and x `[…]` → `[…]`. Where f has a corner, the side of smaller x
 * counts, as in PyTorch.
 *
 * @throws {TypeError} If the shapes differ.
 * @throws {RangeError} If the function does not exist.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { activationGradient } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([-1, 0, 2]), [1, 3]);
 * const dy = backend.floats(new Float32Array([5, 5, 5]), [1, 3]);
 * const dx = backend.run(activationGradient, dy, x, "relu");
 * assertEquals([...await dx.getData()], [0, 0, 5]);
 * ```
 */
export const activationGradient: Operation<
  (dy: Floats, x: Floats, name: ActivationName) => Floats,
  { readonly dy: Operand<"rows">; readonly x: Operand<"rows"> },
  ActivationGradientShape
> = {
  name: "activationGradient",
  plan(dy, x, name) {
    expectActivation(name);
    expectDims("activationGradient", "dy", dy, x.dims);
    return {
      operands: { dy: rows(dy), x: rows(x) },
      shape: { count: product(x.dims), name },
      result: floats(x.dims),
    };
  },
};
