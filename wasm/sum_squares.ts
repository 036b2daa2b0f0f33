/**
 * Sums of squares.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** The sum of squares of each part; see cpu/sum_squares.ts. */
export const sumSquares: WasmKernel<"sumSquares"> = oneCall("sumSquares", {
  name: "sumSquares",
  fields: { x: "usize", result: "usize", count: "i32", parts: "i32" },
}, ({ x: { address, count } }, result, { parts }) => ({ x: address, result, count, parts }));
