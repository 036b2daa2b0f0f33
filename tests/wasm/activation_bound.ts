import type { ActivationBound } from "../rooms/activation_cases.ts";
import { UNIT } from "../rooms/floors.ts";
import { SMALLEST } from "./floors.ts";

/**
 * How far an activation may be off.
 *
 * - `relu` rounds nothing.
 * - `silu = x / (1 + e)`: `e` is off by 2e-7 < 4u, the sum and the quotient by u each: 6u. Below
 *   −88 the result is at most 88·exp(−88) < 2⁻¹²⁰, and may be lost.
 * - `tanh` from 0.3 on: `e = exp(−2|x|)` off by 4u moves `(1 − e)/(1 + e)` by at most 2u, three
 *   roundings by 3u of values up to 1, which is 5u of at least 0.29: 18u. Below, the series leaves
 *   out 0.0036·x¹¹ < u·x, and its sums round by at most 4u.
 * - `gelu = h·erf(x/√2) + h` with `h = x/2`: erf is off by 4e-7 < 7u, its argument by 2u, which
 *   `z·erf′(z) < 0.5` makes u; two roundings: 10u of |h|.
 * - `gelu_new`: the argument of tanh is off by 5u, which `z·tanh′(z) < 0.45` makes 3u; 18u of its
 *   own and two roundings: 23u of |h|.
 */
export const activationBound: ActivationBound = (name, x, y) => {
  switch (name) {
    case "silu":
      return 6 * UNIT * Math.abs(y) + 2 ** -120;
    case "tanh":
      return 18 * UNIT * Math.abs(y) + SMALLEST;
    case "gelu":
      return 10 * UNIT * Math.abs(x / 2) + SMALLEST;
    case "gelu_new":
      return 23 * UNIT * Math.abs(x / 2) + SMALLEST;
    default:
      return 0;
  }
};
