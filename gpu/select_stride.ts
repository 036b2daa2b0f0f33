/**
 * Sparse list by a stride.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { copyTokens } from "./select.ts";

/** Every `factor`-th token, with a different start in each head; see cpu/select_stride.ts. */
export const selectStride: GpuKernel<"selectStride"> = (tokens, list, sizes) => [
  copyTokens("stride", tokens, list, sizes),
];
