/**
 * The gradient of a linear layer by its inputs.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `dy·W`; see cpu/linear_inputs.ts. */
export const linearInputs: WasmKernel<"linearInputs"> = oneCall("linearInputs", {
  name: "linearInputs",
  fields: {
    dy: "usize",
    weight: "usize",
    dx: "usize",
    rows: "i32",
    inputs: "i32",
    outputs: "i32",
    /** Bytes of a weight. */
    size: "i32",
  },
}, ({ dy, weight: { address, size } }, dx, shape) => ({
  dy,
  weight: address,
  dx,
  ...shape,
  size,
}));
