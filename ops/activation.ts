/**
 * Activation functions.
 *
 * @module
 */
import { product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Elementwise functions. */
export const ACTIVATIONS = [
  "gelu",
  "gelu_new",
  "laplace",
  "leaky_relu",
  "mish",
  "quick_gelu",
  "relu",
  "relu2",
  "relu6",
  "sigmoid",
  "silu",
  "tanh",
] as const;

/** The name of an activation function. */
export type ActivationName = typeof ACTIVATIONS[number];

/** Sizes and settings of an activation. */
export interface ActivationShape {
  /** Number of values of x. */
  readonly count: number;
  /** The function. */
  readonly name: ActivationName;
}

/** Applies a function to each value: x `[…]` → `[…]`. */
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

/**
 * Asserts that a function exists.
 *
 * @param name Its name, or undefined for none.
 * @throws {RangeError} If it does not exist.
 */
export function expectActivation(name: ActivationName | undefined): void {
  if (name === undefined || ACTIVATIONS.includes(name)) return;
  throw new RangeError(
    `activation: got ${JSON.stringify(name)}, wanted one of ${ACTIVATIONS.join(", ")}`,
  );
}
