/**
 * The gradient of layer normalisation and of root mean square normalisation.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** The gradient by x; see cpu/norm_gradient.ts. */
export const normGradient: WasmKernel<"normGradient"> = oneCall("normGradient", {
  name: "normGradient",
  fields: {
    dy: "usize",
    x: "usize",
    weight: "usize",
    dx: "usize",
    rows: "i32",
    width: "i32",
    epsilon: "f64",
    isCentred: "i32",
  },
}, (operands, dx, { name, ...shape }) => ({
  ...operands,
  dx,
  ...shape,
  isCentred: name === "layer",
}));
