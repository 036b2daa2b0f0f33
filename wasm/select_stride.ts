/**
 * Sparse list by a stride.
 *
 * @module
 */
import type { WasmKernel } from "./kernel.ts";
import { selectKernel } from "./select.ts";

/** Makes the list; see cpu/select_stride.ts. */
export const selectStride: WasmKernel<"selectStride"> = selectKernel("selectStride", "stride");
