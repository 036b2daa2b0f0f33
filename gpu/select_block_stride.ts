/**
 * Sparse list by a contiguous part of each block.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { copyTokens } from "./select.ts";

/**
 * A contiguous part of each block, a different one in each head; see cpu/select_block_stride.ts.
 */
export const selectBlockStride: GpuKernel<"selectBlockStride"> = (tokens, list, sizes) => [
  copyTokens("block_stride", tokens, list, sizes),
];
