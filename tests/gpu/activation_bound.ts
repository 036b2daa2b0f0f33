import type { ActivationBound } from "../rooms/activation_cases.ts";
import { UNIT } from "../rooms/floors.ts";
import { SMALLEST } from "./floors.ts";

/**
 * How far an activation may be off in float32. WGSL rounds sums and products correctly (`u`), a
 * quotient to 2.5 ULP (5u), `exp(x)` to 3 + 2|x| ULP (`(6 + 4|x|)·u`); a fused multiply-add may be
 * two roundings.
 *
 * - `relu` rounds nothing.
 * - `silu = x / (1 + e)`: e's own error, u of the sum, 5u of the quotient: `(12 + 4|x|)·u`. Below
 *   −87 the result is at most 88·exp(−87) < 2⁻¹¹⁹, and may be lost.
 * - `tanh` from 0.3 on: `e = exp(−2|x|)` off by `(6 + 8|x|)·u·e` moves `(1 − e)/(1 + e)` by at most
 *   `2/(1 + e)²` of that, which is below 4u, three roundings by 2u of values up to 1 and the
 *   quotient by 5u of up to 1: 11u of at least 0.29, or 38u. Below, the series leaves out
 *   0.0036·x¹¹ < u·x, its sums round by at most 8u.
 * - `gelu = h·erf(x/√2) + h` with `h = x/2`: the rational function is off by 4e-7 < 7u and its
 *   quotient by 5u, its argument by 2u, which `z·erf′(z) < 0.5` makes u; three roundings: 16u of |h|.
 * - `gelu_new`: the argument of tanh is off by 6u, which `z·tanh′(z) < 0.45` makes 3u; 38u of its
 *   own and three roundings: 44u of |h|.
 */
export const activationBound: ActivationBound = (name, x, y) => {
  switch (name) {
    case "silu":
      return (12 + 4 * Math.abs(x)) * UNIT * Math.abs(y) + 2 ** -119;
    case "tanh":
      return 38 * UNIT * Math.abs(y) + SMALLEST;
    case "gelu":
      return 16 * UNIT * Math.abs(x / 2) + SMALLEST;
    case "gelu_new":
      return 44 * UNIT * Math.abs(x / 2) + SMALLEST;
    default:
      return 0;
  }
};
