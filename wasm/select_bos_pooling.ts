/**
 * Sparse list by weighted means of groups.
 *
 * @module
 */
import type { WasmKernel } from "./kernel.ts";
import { selectKernel } from "./select.ts";

/** Makes the list; see cpu/select_bos_pooling.ts. */
export const selectBosPooling: WasmKernel<"selectBosPooling"> = selectKernel(
  "selectBosPooling",
  "bos_pooling",
);
