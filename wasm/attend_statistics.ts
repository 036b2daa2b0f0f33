/**
 * What the gradients of attention need of each query.
 *
 * @module
 */
import { ATTEND_GRADIENT, attendGradientCall } from "./attend_gradient_kernel.ts";
import type { WasmKernel } from "./kernel.ts";

/** Logarithms of sums, and inner products; see cpu/attend_statistics.ts. */
export const attendStatistics: WasmKernel<"attendStatistics"> = {
  definition: ATTEND_GRADIENT,
  record: ({ dy, y, query, queryMask = 0, parts }, result, shape) => [
    attendGradientCall(
      "attendStatistics",
      "statistics",
      { dy, y, query, queryMask, ...result },
      parts,
      shape,
    ),
  ],
};
