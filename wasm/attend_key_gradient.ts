/**
 * The gradient of attention by keys and values.
 *
 * @module
 */
import { ATTEND_GRADIENT, attendGradientCall } from "./attend_gradient_kernel.ts";
import type { WasmKernel } from "./kernel.ts";
import { clear } from "./machine/clear.ts";

/** The sweep over key heads; see cpu/attend_key_gradient.ts. */
export const attendKeyGradient: WasmKernel<"attendKeyGradient"> = {
  definition: ATTEND_GRADIENT,
  record: ({ parts, ...operands }, gradients, { keyRows, ...shape }) => {
    const bytes = shape.batch * keyRows * shape.keyHeads * shape.width * 4;
    return [
      clear(gradients.keys, bytes),
      clear(gradients.values, bytes),
      attendGradientCall("attendKeyGradient", "key", operands, parts, shape, () => gradients),
    ];
  },
};
