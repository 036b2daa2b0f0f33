/**
 * Inner products of rows, head by head.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";

/** `Σ xᵢyᵢ` of each head; see cpu/head_products.ts. */
export const headProducts: WasmKernel<"headProducts"> = oneCall("headProducts", {
  name: "headProducts",
  fields: { x: "usize", y: "usize", result: "usize", count: "i32", width: "i32" },
}, ({ x, y }, result, shape) => ({ x, y, result, ...shape }));
