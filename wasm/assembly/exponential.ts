/** Exponential function of four values. */
import { multiplyAdd } from "./tile";

/**
 * `exp(x)` for `x ≤ 88`, relative error 2e-7; 0 below −87, NaN of NaN.
 *
 * `x = n·ln 2 + r` with `|r| ≤ ln 2 / 2`: a polynomial of degree 6 for `exp(r)` (Cephes, expf), and
 * `2ⁿ` by adding `n` to the exponent's bits. `ln 2` is split in two so that `n·ln 2` is exact.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), x);
  r = multiplyAdd(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = multiplyAdd(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.le(x, f32x4.splat(-87)));
}
