/**
 * Sparse list by a contiguous part of each block.
 *
 * @module
 */
import type { WasmKernel } from "./kernel.ts";
import { selectKernel } from "./select.ts";

/** Makes the list; see cpu/select_block_stride.ts. */
export const selectBlockStride: WasmKernel<"selectBlockStride"> = selectKernel(
  "selectBlockStride",
  "block_stride",
);
