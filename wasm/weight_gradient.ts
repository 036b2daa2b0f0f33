/**
 * The gradient of a linear layer by its matrix.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `dyᵀ·x`; see cpu/weight_gradient.ts. */
export const weightGradient: WasmKernel<"weightGradient"> = oneCall("weightGradient", {
  name: "weightGradient",
  fields: {
    dy: "usize",
    x: "usize",
    result: "usize",
    rows: "i32",
    inputs: "i32",
    outputs: "i32",
    /** Whether the products are added to what is there. */
    adds: "i32",
    /** Whether the result is packed as weights are. */
    isPacked: "i32",
  },
}, ({ dy, x, sum }, result, shape) => ({
  dy,
  x,
  result,
  ...shape,
  adds: sum !== undefined,
  isPacked: sum?.isPacked ?? false,
}));
