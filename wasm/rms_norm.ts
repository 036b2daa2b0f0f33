/**
 * Root mean square normalisation.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Each row of `x + residual` by the root of its mean square; see cpu/rms_norm.ts. */
export const rmsNorm: WasmKernel<"rmsNorm"> = oneCall(
  "rmsNorm",
  {
    name: "rmsNorm",
    fields: {
      x: "usize",
      weight: "usize",
      residual: "usize",
      y: "usize",
      rows: "i32",
      width: "i32",
      epsilon: "f64",
    },
  },
  ({ x, weight, residual = 0 }, y, shape) => ({ x, weight, residual, y, ...shape }),
  ({ rows, width }) => ({
    values: rows * width,
  }),
);
