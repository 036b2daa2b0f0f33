/** Exponential function of four values. */
import { constant } from "./constants";
import { multiplyAdd } from "./tile";

/** 1.5·2²³ + 127: added to a number it leaves the nearest integer plus 127 in the lowest bits. */
const ROUNDER: f32 = 12583039;

const EXP = memory.data<f32>([
  -88, 1.44269504088896341, ROUNDER, -0.693359375, 2.12194440e-4,
  8.2903066650033e-3, 4.18979749083519e-2, 1.666763722896576e-1, 4.999915063381195e-1,
  9.999997019767761e-1, 1,
]);

/**
 * `exp(x)` for `x ≤ 88`, relative error 1.8e-7; infinite from 88.4 to 89; 0 below −88, NaN for NaN.
 *
 * `x = n·ln 2 + r` with `|r| ≤ ln 2 / 2`: a polynomial of degree 5 for `exp(r)`, whose largest
 * relative error, 9e-8, is the least possible with `exp(0) = 1`, and
 * `2ⁿ` by moving `n + 127` into the exponent's bits; at −88 they are 0. `ln 2` is split in two so
 * that `n·ln 2` is exact.
 */
// @ts-ignore: decorator
@inline
export function exponential(value: v128): v128 {
  const x = f32x4.pmax(value, constant(EXP, 0)); // keeps NaN
  const shifted = multiplyAdd(x, constant(EXP, 1), constant(EXP, 2));
  const n = f32x4.sub(shifted, constant(EXP, 2));
  let r = multiplyAdd(n, constant(EXP, 3), x);
  r = multiplyAdd(n, constant(EXP, 4), r);
  let p = constant(EXP, 5);
  p = multiplyAdd(p, r, constant(EXP, 6));
  p = multiplyAdd(p, r, constant(EXP, 7));
  p = multiplyAdd(p, r, constant(EXP, 8));
  p = multiplyAdd(p, r, constant(EXP, 9));
  p = multiplyAdd(p, r, constant(EXP, 10));
  return f32x4.mul(p, i32x4.shl(shifted, 23));
}
