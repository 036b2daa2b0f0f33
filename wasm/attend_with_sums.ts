/**
 * Attention over spans of keys, with what its gradients need of it.
 *
 * @module
 */
import { ATTEND, attendCalls } from "./attend.ts";
import type { WasmKernel } from "./kernel.ts";

/** `attend` that also stores the logarithms of its sums; see cpu/attend_with_sums.ts. */
export const attendWithSums: WasmKernel<"attendWithSums"> = {
  definition: ATTEND,
  record: (operands, { output, logSum }, shape, context) =>
    attendCalls("attendWithSums", operands, { y: output, logSum }, shape, context),
};
