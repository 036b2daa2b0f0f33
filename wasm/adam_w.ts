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
}, ({ parameter, gradient, first, second }, _result, shape) => {
  const all = [parameter, gradient, first, second];
  if (all.some(({ isPacked }) => isPacked !== parameter.isPacked)) {
    throw new TypeError(
      "adamW: some tensors are packed as weights and others are not, wanted all held alike",
    );
  }
  const [to, from, m, v] = all.map(({ address }) => address);
  const { count } = parameter;
  return { ...shape, parameter: to, gradient: from, first: m, second: v, count };
});
