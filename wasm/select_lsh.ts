/**
 * Sparse list by locality-sensitive hashing.
 *
 * @module
 */
import type { WasmKernel } from "./kernel.ts";
import { selectKernel } from "./select.ts";

/** Makes the list; see cpu/select_lsh.ts. */
export const selectLsh: WasmKernel<"selectLsh"> = selectKernel("selectLsh", "lsh");
