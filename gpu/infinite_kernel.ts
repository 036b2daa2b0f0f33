/**
 * Infinite floats, in kernels.
 *
 * @module
 */

/** WGSL: `isInfinite(x)`, by its bits: a compiler may assume that no float is infinite. */
export const INFINITE = /* wgsl */ `
fn isInfinite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffff) == 0x7f800000;
}
`;
