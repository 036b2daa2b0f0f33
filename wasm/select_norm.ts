/**
 * Sparse list by key norm.
 *
 * @module
 */
import type { WasmKernel } from "./kernel.ts";
import { selectKernel } from "./select.ts";

/** Makes the list; see cpu/select_norm.ts. */
export const selectNorm: WasmKernel<"selectNorm"> = selectKernel("selectNorm", "norm");
