/** How far WebAssembly may be off. */
import { attentionBound, featureBound } from "../../verify/bounds.ts";
import type { ActivationBound } from "../ops/activation_cases.ts";
import type { SweepBounds } from "../ops/attend_gradient_cases.ts";
import type { AttendBounds } from "../ops/check_attend.ts";
import { assertSame, type Check, UNIT } from "../ops/compared_backends.ts";
import type { SlopeBound } from "../ops/gradient_cases.ts";
import type { Bounds } from "../ops/operation_cases.ts";
import type { LogSumBound } from "../ops/top_scores_cases.ts";
import { isMean, type SelectCheck } from "../ops/select_cases.ts";
import { SMALLEST } from "./backends.ts";

/**
 * How far an activation may be off.
 *
 * - `relu` and `relu6` round nothing, `relu2` its square, `leaky_relu` a factor and a product.
 * - `silu = x / (1 + e)`: `e` is off by 2e-7 < 4u, the sum and the quotient by u each: 6u. Below
 *   −88 the result is at most 88·exp(−88) < 2⁻¹²⁰, and may be lost.
 * - `tanh` from 0.3 on: `e = exp(−2|x|)` off by 4u moves `(1 − e)/(1 + e)` by at most 2u, three
 *   roundings by 3u of values up to 1, which is 5u of at least 0.29: 18u. Below, the series leaves
 *   out 0.0036·x¹¹ < u·x, and its sums round by at most 4u.
 * - `gelu = h·erf(x/√2) + h` with `h = x/2`: erf is off by 4e-7 < 7u, its argument by 2u, which
 *   `z·erf′(z) < 0.5` makes u; two roundings: 10u of |h|.
 * - `gelu_new`: the argument of tanh is off by 5u, which `z·tanh′(z) < 0.45` makes 3u; 18u of its
 *   own and two roundings: 23u of |h|.
 * - `sigmoid` as silu; below −88 it is less than 2⁻¹²⁶, and may be lost.
 * - `quick_gelu` as silu, of `z = 1.702·x`, whose factor and product are off by 2u: that changes `e`
 *   by 2u·|z| more.
 * - `mish = x·p / (p + 2)` with `p = n·(n + 2)` and `n = exp(x)` off by 4u: p is off by 10u, the sum,
 *   the quotient and the product by u each: 13u. What is lost is as for silu.
 * - `laplace = erf(z)/2 + 1/2` with `z = (x − 0.707107)·2.5066`: a difference off by u, and by
 *   0.71u for its constant, and a factor and a product: 3u·|z| + 1.8u, which `z·erf′(z) < 0.5` and
 *   `erf′(z) < 1.13` make 3.6u; erf's own 7u; half of both, and two roundings: 8u of 1.
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
    case "relu2":
      return UNIT * Math.abs(y) + SMALLEST;
    case "leaky_relu":
      return x < 0 ? 2 * UNIT * Math.abs(y) + SMALLEST : 0;
    case "sigmoid":
      return 6 * UNIT * Math.abs(y) + 2 ** -126;
    case "quick_gelu":
      return (6 + 2 * 1.702 * Math.abs(x)) * UNIT * Math.abs(y) + 2 ** -120;
    case "mish":
      return 13 * UNIT * Math.abs(y) + 2 ** -120;
    case "laplace":
      return 8 * UNIT;
    default:
      return 0;
  }
};

/**
 * The bound of verify/bounds.ts, with the error of one float32 operation. To its `keys + 8`
 * roundings come the exponential of each weight, off by 2e-7 < 4u above and below the division,
 * and one more each time that a tile of keys raises the maximum: 8 and 8 for each 32 keys.
 */
const attend: AttendBounds = {
  bound: (size) =>
    attentionBound({ ...size, keys: size.keys + 16 + 8 * Math.ceil(size.keys / 32) }, UNIT),
  few: 20 * UNIT,
};

/** Copies are the same bits; means may fall on the other side of one rounding. */
const means: Check = (actual, expected) => {
  assertSame(actual.slice(2), expected.slice(2));
  for (const part of [0, 1]) {
    actual[part].forEach((value, i) => {
      const wanted = expected[part][i];
      if (Math.abs(value - wanted) <= 2 * UNIT * Math.abs(wanted)) return;
      throw new Error(`value ${i} is ${value}, wanted ${wanted} within one rounding`);
    });
  }
};

const select: SelectCheck = (name) => isMean(name) ? means : assertSame;

/**
 * Each exponential is off by 2e-7 < 4u, its argument by u of itself, and 256 of them are added up in
 * float32: so much is the sum off, relatively, and its logarithm absolutely. The result is rounded.
 */
const logSum: LogSumBound = ({ difference, result }) =>
  (4 + difference + 256) * UNIT + 2 * UNIT * Math.abs(result);

/**
 * The common functions in float32: the error function is off by 4e-7, of which the slope has half, an
 * exponential by 2e-7 and by the rounding of its argument, whose products with it are below 1; the
 * others in float64, rounded once, as the reference is.
 */
const slope: SlopeBound = (name, dy, y) => {
  const isCommon = ["gelu", "gelu_new", "relu", "silu", "tanh"].includes(name);
  return (isCommon ? 12 * UNIT * Math.abs(dy) : 0) + 2 * UNIT * Math.abs(y) + SMALLEST;
};

/** The exponential is off by 2e-7 < 4u; the logarithm is computed in float64. */
const sweep: SweepBounds = { exponential: () => 4 * UNIT, logarithm: () => 0 };

/** The bounds of every operation that has one. */
export const bounds: Bounds = {
  activation: activationBound,
  // In float64; results are rounded once, and so are the reference's.
  adamW: { moment: 0, step: 0 },
  attend,
  features: (size) => featureBound(size, UNIT),
  // The factor that makes a query a key is rounded once.
  hashed: (size) => attentionBound({ ...size, roundings: 1 }, UNIT),
  logSum,
  // Two roundings of the result here, one of the reference.
  norm: 3,
  select,
  slope,
  sweep,
};
