/** Exponential function of four values. */
import { constant } from "./constants";
import { multiplyAdd } from "./tile";

/** 1.5·2²³ + 127: added to a number it leaves the nearest integer plus 127 in the lowest bits. */
const ROUNDER: f32 = 12583039;

const EXP = memory.data<f32>([
  -88, 1.44269504088896341, ROUNDER, -0.693359375, 2.12194440e-4,
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
  5.0000001201e-1, 1,
]);

/**
 * `exp(x)` for `x ≤ 88`, relative error 2e-7; infinite from 88.4 to 89; 0 below −88, NaN for NaN.
 *
 * `x = n·ln 2 + r` with `|r| ≤ ln 2 / 2`: a polynomial of degree 6 for `exp(r)` (Cephes, expf), and
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
  p = multiplyAdd(p, f32x4.mul(r, r), f32x4.add(r, constant(EXP, 11)));
  return f32x4.mul(p, i32x4.shl(shifted, 23));
}
