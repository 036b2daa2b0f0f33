/**
 * The gradient of activation functions.
 *
 * @module
 */
import { ACTIVATION } from "./activation.ts";
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `dy·f′(x)`; see cpu/activation_gradient.ts. */
export const activationGradient: WasmKernel<"activationGradient"> = oneCall("activationGradient", {
  name: "activationGradient",
  fields: { dy: "usize", x: "usize", dx: "usize", count: "i32", name: ACTIVATION },
}, ({ dy, x }, dx, shape) => ({ dy, x, dx, ...shape }));
