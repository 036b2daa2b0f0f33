/**
 * A step of AdamW.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** A step in place; see cpu/adam_w.ts. */
export const adamW: WasmKernel<"adamW"> = oneCall("adamW", {
  name: "adamW",
  fields: {
    parameter: "usize",
    gradient: "usize",
    first: "usize",
    second: "usize",
    count: "i32",
    factor: "f64",
    kept: "f64",
    beta1: "f64",
    beta2: "f64",
    size: "f64",
    root: "f64",
    epsilon: "f64",
  },
}, (operands, _result, shape) => ({ ...operands, ...shape }));
