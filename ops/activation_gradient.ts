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
