/**
 * Activation functions.
 *
 * @module
 */
import { ACTIVATIONS } from "../ops/activation.ts";
import { oneCall, type WasmKernel } from "./kernel.ts";
import { type Choice, choice } from "./machine/layout.ts";

/** The choice of an activation function. */
export const ACTIVATION: Choice<typeof ACTIVATIONS[number]> = choice("Activation", ACTIVATIONS);

/** Applies a function to each value; see cpu/activation.ts. */
export const activation: WasmKernel<"activation"> = oneCall("activation", {
  name: "activation",
  fields: { x: "usize", y: "usize", count: "i32", name: ACTIVATION },
}, ({ x }, y, shape) => ({ x, y, ...shape }));
