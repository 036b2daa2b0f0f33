/**
 * Activation functions.
 *
 * @module
 */
import type { ActivationName } from "../ops/backend.ts";
import type { Command } from "./machine/commands.ts";

/** Numbers of the functions, as wasm/assembly/activation.ts has them. */
const NUMBERS: Readonly<Record<ActivationName, number>> = {
  gelu: 1,
  gelu_new: 2,
  relu: 3,
  silu: 4,
  tanh: 5,
};

/**
 * The number by which kernels know a function.
 *
 * @param name Its name, or undefined for none.
 * @returns Its number, 0 for none.
 * @throws {RangeError} If there is no such function.
 */
export function activationNumber(name: ActivationName | undefined): number {
  if (name === undefined) return 0;
  if (!Object.hasOwn(NUMBERS, name)) {
    throw new RangeError(
      `activation: got ${JSON.stringify(name)}, wanted one of ${Object.keys(NUMBERS).join(", ")}`,
    );
  }
  return NUMBERS[name];
}

/**
 * Applies a function to each value; see cpu/activation.ts.
 *
 * @param x Address of the values.
 * @param y Address of the results.
 * @param count How many.
 * @param name The function.
 * @returns The operation.
 */
export function activation(x: number, y: number, count: number, name: ActivationName): Command {
  return { operation: "activation", words: [x, y, count, activationNumber(name)] };
}
