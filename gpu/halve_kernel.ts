/**
 * Halves of floats, in kernels.
 *
 * @module
 */

/** WGSL: `halve(value)`, so that the sum of two large values does not overflow. */
export const HALVE = /* wgsl */ `
/** By its exponent: a driver may take 0.5·a + 0.5·b for 0.5·(a + b), which overflows. */
fn halve(value: f32) -> f32 {
  let bits = bitcast<u32>(value);
  let exponent = (bits >> 23) & 255;
  return select(0.5 * value, bitcast<f32>(bits - (1u << 23)), exponent > 1 && exponent < 255);
}
`;
