/**
 * The names of activation functions.
 *
 * @module
 */

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

/**
 * Asserts that a function exists.
 *
 * @param name Its name.
 * @throws {RangeError} If it does not exist.
 *
 * @example
 * ```ts
 * import { type ActivationName, expectActivation } from "@lsg/core/ops";
 * import { assertThrows } from "@std/assert";
 *
 * const name: string = "softmax"; // from a file, say
 * assertThrows(() => expectActivation(name as ActivationName), RangeError, "wanted one of gelu");
 * ```
 */
export function expectActivation(name: ActivationName): void {
  if (ACTIVATIONS.includes(name)) return;
  throw new RangeError(
    `activation: got ${JSON.stringify(name)}, wanted one of ${ACTIVATIONS.join(", ")}`,
  );
}
