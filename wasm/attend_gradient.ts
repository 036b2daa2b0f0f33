/**
 * The gradient of attention by everything.
 *
 * @module
 */
import { ATTEND_GRADIENT, attendGradientCall } from "./attend_gradient_kernel.ts";
import type { WasmKernel } from "./kernel.ts";
import { clear } from "./machine/clear.ts";

/** One sweep, a key head after the other; see cpu/attend_gradient.ts. */
export const attendGradient: WasmKernel<"attendGradient"> = {
  definition: ATTEND_GRADIENT,
  record({ parts, ...operands }, result, { pairs, keyRows, ...shape }) {
    const gradients = keyRows.map((_, pair) => ({
      keys: result[`keys${pair}`],
      values: result[`values${pair}`],
    }));
    const starts = keyRows.flatMap((rows, pair) => {
      const bytes = shape.batch * rows * shape.keyHeads * shape.width * 4;
      return [clear(gradients[pair].keys, bytes), clear(gradients[pair].values, bytes)];
    });
    const call = attendGradientCall(
      "attendGradient",
      "all",
      { ...operands, queryGradient: result.query },
      parts,
      shape,
      (part, source) => gradients[pairs[part][source]],
    );
    return [...starts, call];
  },
};
