/**
 * Linear layer.
 *
 * @module
 */
import { ACTIVATION } from "./activation.ts";
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `x·Wᵀ + bias`, then the activation; see cpu/linear.ts. */
export const linear: WasmKernel<"linear"> = oneCall("linear", {
  name: "linear",
  fields: {
    x: "usize",
    weight: "usize",
    bias: "usize",
    y: "usize",
    rows: "i32",
    inputs: "i32",
    outputs: "i32",
    activation: ACTIVATION,
    /** Bytes of a weight. */
    size: "i32",
  },
}, ({ x, weight: { address, size }, bias = 0 }, y, { activation, ...sizes }) => {
  if (sizes.inputs === 0) {
    throw new RangeError("linear: x has no columns, wanted 1 or more on wasm");
  }
  return { x, weight: address, bias, y, ...sizes, activation, size };
}, ({ rows, inputs, outputs }, { x, weight: { address, bytes }, bias = 0 }, y) => ({
  touched: {
    reads: [[x, rows * inputs * 4], [address, bytes], [bias, bias && outputs * 4]],
    writes: [y, rows * outputs * 4],
  },
}));
