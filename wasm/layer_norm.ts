/**
 * Layer normalisation.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Most values of a row: they fit the scratch memory of a thread. */
const WIDEST_ROW = 2 ** 18;

/** Each row of `x + residual` to mean 0 and variance 1; see cpu/layer_norm.ts. */
export const layerNorm: WasmKernel<"layerNorm"> = oneCall("layerNorm", {
  name: "layerNorm",
  fields: {
    x: "usize",
    weight: "usize",
    bias: "usize",
    residual: "usize",
    y: "usize",
    rows: "i32",
    width: "i32",
    epsilon: "f32",
  },
}, ({ x, weight, bias, residual = 0 }, y, shape) => {
  if (shape.width > WIDEST_ROW) {
    throw new RangeError(`layerNorm: width ${shape.width}, wanted at most ${WIDEST_ROW} on wasm`);
  }
  return { x, weight, bias, residual, y, ...shape };
}, ({ rows, width }) => ({ values: rows * width }));
