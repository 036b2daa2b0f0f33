/** How far WebGPU may be off. */
import { assert } from "@std/assert";
import {
  attentionBound,
  featureBound,
  largestLength,
  largestMagnitude,
} from "../../verify/bounds.ts";
import type { ActivationBound } from "../ops/activation_cases.ts";
import type { FeatureBound } from "../ops/attend_features_cases.ts";
import type { HashedBound } from "../ops/attend_hashed_cases.ts";
import type { SweepBounds } from "../ops/attend_gradient_cases.ts";
import type { AttendBounds } from "../ops/check_attend.ts";
import { assertSame, type Check, UNIT, within } from "../ops/compared_backends.ts";
import type { SlopeBound } from "../ops/gradient_cases.ts";
import type { Bounds } from "../ops/operation_cases.ts";
import type { LogSumBound } from "../ops/top_scores_cases.ts";
import { isMean, type SelectCheck } from "../ops/select_cases.ts";

/** The smallest normal float32: WGSL may take anything below for 0. */
export const SMALLEST = 2 ** -126;

/**
 * How far an activation may be off in float32. WGSL rounds sums and products correctly (`u`), a
 * quotient to 2.5 ULP (5u), `exp(x)` to 3 + 2|x| ULP (`(6 + 4|x|)·u`); a fused multiply-add may be
 * two roundings.
 *
 * - `relu` and `relu6` round nothing, `relu2` its square, `leaky_relu` a factor and a product.
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
 * - `sigmoid` as silu; below −87 it is less than 2⁻¹²⁵, and may be lost.
 * - `quick_gelu` as silu, of `z = 1.702·x`, whose factor and product are off by 2u: that changes `e`
 *   by 2u·|z| more, so it is `(12 + 6|z|)·u`.
 * - `mish = x·p / (p + 2)` with `p = n·(n + 2)` and `n = exp(min(x, 20))`: p is off by twice n's own
 *   error and 2u, the sum and the product by u each, the quotient by 5u: `(21 + 8|x|)·u`.
 * - `laplace = erf(z)/2 + 1/2` with `z = (x − 0.707107)·2.5066`: a difference off by u, and by
 *   0.71u for its constant, and a factor and a product: 3u·|z| + 1.8u, which `z·erf′(z) < 0.5` and
 *   `erf′(z) < 1.13` make 3.6u; erf's own 12u; half of both, and two roundings: 10u of 1.
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
    case "relu2":
      return UNIT * Math.abs(y) + SMALLEST;
    case "leaky_relu":
      return x < 0 ? 2 * UNIT * Math.abs(y) + SMALLEST : 0;
    case "sigmoid":
      return (12 + 4 * Math.min(Math.abs(x), 88)) * UNIT * Math.abs(y) + 2 ** -125;
    case "quick_gelu":
      return (12 + 6 * 1.702 * Math.min(Math.abs(x), 88)) * UNIT * Math.abs(y) + 2 ** -119;
    case "mish":
      return (21 + 8 * Math.abs(Math.min(x, 20))) * UNIT * Math.abs(y) + 2 ** -119;
    case "laplace":
      return 10 * UNIT;
    default:
      return 0;
  }
};

/**
 * The bound of verify/bounds.ts, with the error of one float32 operation, and the exponentials:
 * WGSL lets `exp(x)` be off by `3 + 2|x|` units in the last place, 2u each, and no difference of
 * scores is larger than `2S`. That holds for each weight above and below the division, and once
 * more for the factors by which rising maxima shrink it: `3` for each tile of 32 keys, and the
 * differences add up to `2S`.
 */
const attend: AttendBounds = {
  bound: (size, spans) => {
    const difference = 2 * size.scale * size.query * size.key;
    const tiles = Math.ceil(size.keys / 32) * spans + 1;
    const exponentials = 2 * (3 + 2 * difference) + 3 * tiles + 2 * difference;
    return attentionBound(size, UNIT) + 2 * UNIT * exponentials * size.value;
  },
  few: 40 * UNIT,
};

/**
 * The bound of verify/bounds.ts, with what WGSL lets be off by more than a rounding: `exp(x)` by
 * `3 + 2|x|` units in the last place, 2u each, where differences of exponents are at most `2E`, so
 * each feature by `(6 + 8E)u` in place of 4u; and a quotient by 2.5 units, 5u, once for a softmax
 * over the tokens and once for the result.
 */
const features: FeatureBound = (size) => {
  const exponentials = 2 * (2 + 8 * size.exponent);
  return featureBound(size, UNIT) + 2 * (exponentials + 10) * UNIT * size.value;
};

/**
 * The bound of verify/bounds.ts with what WGSL lets be off by more than a rounding:
 * - The factor that makes a query a key: squares, each of a quotient off by 5u, are off by 11u,
 *   their sum by `width·u` more, and the root halves that and adds 9u (it is a quotient and an
 *   inverse root of 2 units); a product with another root, 10u, and two quotients: less than
 *   `width/2 + 36` roundings.
 * - `exp(x)`, by `3 + 2|x|` units in the last place, 2u each, with differences of scores up to
 *   `2S`, above and below the division, which itself may be off by 5u.
 */
const hashed: HashedBound = (size) => {
  const factor = size.width / 2 + 36;
  const difference = 2 * size.scale * size.query * size.key;
  const exponentials = 2 * (3 + 2 * difference) + 5;
  return attentionBound({ ...size, roundings: factor }, UNIT) +
    2 * UNIT * exponentials * size.value;
};

/** Masks are the same bits, means lie within a bound. */
function means(bound: number): Check {
  return (actual, expected, store) => {
    assertSame(actual.slice(2), expected.slice(2));
    for (const part of [0, 1]) {
      within(() => bound)(actual.slice(part, part + 1), expected.slice(part, part + 1), store);
    }
  };
}

/** Norms of different keys have to be further apart than float32 sums are off. */
function assertNormsApart(keys: Float32Array, width: number): void {
  const norms = Array.from({ length: keys.length / width }, (_, i) => {
    const key = keys.subarray(i * width, (i + 1) * width);
    return key.reduce((sum, value) => sum + value * value, 0);
  }).filter((norm) => norm > 0).sort((a, b) => a - b);
  norms.slice(1).forEach((norm, i) => {
    const gap = norm - norms[i];
    assert(
      gap === 0 || gap > 2 * (width + 1) * UNIT * norm,
      "draw other keys: norms are too close",
    );
  });
}

/**
 * Masks and copies are the same bits. A mean of n tokens is off by at most `(n + 2)·u·max|x|`.
 *
 * With weights the exponentials come to that, which WGSL lets be off by `3 + 2|x|` units in the
 * last place, 2u each, above and below the division; they are of differences of scores, at most
 * `2S`, and a score of at most `S` is itself off by `(width + 2)·u·S`.
 */
const select: SelectCheck = (name, { query, keys, values, width, chunk, factor }) => {
  const visibleKeys = keys.map((value) => Number.isNaN(value) ? 0 : value);
  if (name === "selectNorm") assertNormsApart(visibleKeys, width);
  const score = largestLength(query, width) * largestLength(visibleKeys, width) / Math.sqrt(width);
  const weights = 2 * (2 * (3 + 4 * score) + 2 * (width + 2) * score);
  const roundings = Math.max(factor, chunk) + 3 + (name === "selectBosPooling" ? weights : 0);
  const largest = Math.max(largestMagnitude(visibleKeys), largestMagnitude(values));
  return isMean(name) ? means(roundings * UNIT * largest) : assertSame;
};

/**
 * An exponential is off by `(6 + 4|x|)u`, twice: of a score beside the largest of its chunk, and of
 * that beside the largest of all; the arguments by u of themselves; sums by u for each of 12
 * additions in a chunk, and for each chunk. A logarithm is off by 3 units in the last place, or by
 * 2⁻²¹ near 1. The result is rounded.
 */
const logSum: LogSumBound = ({ columns, difference, log, result }) => {
  const exponentials = 2 * (6 + 5 * difference);
  const sums = 12 + 2 * Math.ceil(columns / 1024);
  return (exponentials + sums + 6 * Math.abs(log) + 2 * Math.abs(result)) * UNIT + 2 ** -21;
};

/**
 * How far the gradient of an activation may be off. Slopes are at most 1.42, sums and products of
 * functions of at most that:
 *
 * - `erf` and `tanh` are off by 44u at most (see above), halved.
 * - `σ` and exponentials of −|x| or −x²/2 are off by `(12 + 6|z|)u` of themselves, for an exponent
 *   `z`; times `exp(−|z|)·(1 + |z|)`, in which all of them come, that is at most 20u, for factors of
 *   at most 2.6 (`laplace`, `gelu_new`): 52u.
 * - A few roundings.
 *
 * `relu2` is a product, others with corners have slopes that are exact or rounded once.
 */
const slope: SlopeBound = (name, dy, y) => {
  const hasCorner = ["relu", "relu2", "relu6", "leaky_relu"].includes(name);
  return (hasCorner ? 3 * Math.abs(y) : 100 * Math.abs(dy)) * UNIT + SMALLEST;
};

/** WGSL's exponential and its logarithm: 3 units in the last place, or 2⁻²¹ near 1. */
const sweep: SweepBounds = {
  exponential: (x) => (6 + 4 * x) * UNIT,
  logarithm: (log) => 6 * Math.abs(log) * UNIT + 2 ** -21,
};

/** The bounds of every operation that has one. */
export const bounds: Bounds = {
  activation: activationBound,
  // Products, a sum and the factors, each rounded; quotients are off by 5 units in WGSL, and a root,
  // which is the inverse of an inverse root, by 9.
  adamW: { moment: 8, step: 25 },
  attend,
  features,
  hashed,
  logSum,
  // Root and quotient are off by 5 units each in WGSL, and the result is rounded twice, once there.
  norm: 13,
  select,
  slope,
  sweep,
};
