/**
 * The gradient of a sparse list by the tokens that it was made of.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";
import { list as listOf } from "./machine/layout.ts";

/** Sums of entries, weighted; see cpu/sparse_list_gradient.ts. */
export const sparseListGradient: WasmKernel<"sparseListGradient"> = oneCall("sparseListGradient", {
  name: "sparseListGradient",
  fields: {
    list: "usize",
    result: "usize",
    batch: "i32",
    heads: "i32",
    width: "i32",
    first: "i32",
    tokens: "i32",
    rows: "i32",
    region: "i32",
    kept: "i32",
    entries: "i32",
    weights: listOf("SelectWeights", { address: "usize" }),
  },
}, ({ list, weights }, result, shape) => ({
  list,
  result,
  ...shape,
  weights: weights.map((address) => ({ address })),
}));
