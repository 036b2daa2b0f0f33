/**
 * Sparse list by means of groups.
 *
 * @module
 */
import type { WasmKernel } from "./kernel.ts";
import { selectKernel } from "./select.ts";

/** Makes the list; see cpu/select_pooling.ts. */
export const selectPooling: WasmKernel<"selectPooling"> = selectKernel("selectPooling", "pooling");
