/**
 * The gradient of attention by keys and values.
 *
 * @module
 */
import { ATTEND_GRADIENT, attendGradientCalls } from "./attend_gradient_kernel.ts";
import type { WasmKernel } from "./kernel.ts";

/** The sweep over keys; see cpu/attend_key_gradient.ts. */
export const attendKeyGradient: WasmKernel<"attendKeyGradient"> = {
  definition: ATTEND_GRADIENT,
  record: ({ parts, ...operands }, { keys, values }, { keyRows, ...shape }) =>
    attendGradientCalls(
      "attendKeyGradient",
      "key",
      { ...operands, result: keys, second: values },
      parts,
      shape,
      keyRows,
    ),
};
