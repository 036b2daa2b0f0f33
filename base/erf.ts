/**
 * The error function.
 *
 * @module
 */

/**
 * `erf(x) = 2/√π · ∫₀ˣ exp(−t²) dt`, to about 1e-15 (absolute).
 *
 * Below 3 the Maclaurin series in the form `2/√π · exp(−x²) · Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!`, all of whose
 * terms have one sign (Abramowitz and Stegun, 7.1.6); above, the continued fraction of
 * `erfc` (7.1.14), from its end.
 *
 * @param x Any number.
 * @returns From −1 to 1.
 */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
  let fraction = z;
  for (let n = 60; n >= 1; n--) fraction = z + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction);
}
