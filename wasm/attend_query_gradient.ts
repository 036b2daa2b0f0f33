/**
 * The gradient of attention by its queries.
 *
 * @module
 */
import { ATTEND_GRADIENT, attendGradientCall } from "./attend_gradient_kernel.ts";
import type { WasmKernel } from "./kernel.ts";

/** The sweep over queries; see cpu/attend_query_gradient.ts. */
export const attendQueryGradient: WasmKernel<"attendQueryGradient"> = {
  definition: ATTEND_GRADIENT,
  record: ({ parts, ...operands }, queryGradient, shape) => [
    attendGradientCall(
      "attendQueryGradient",
      "query",
      { ...operands, queryGradient },
      parts,
      shape,
    ),
  ],
};
