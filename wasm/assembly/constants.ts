/**
 * Constants of a polynomial, kept in memory: a splatting load is a single instruction, whereas
 * engines build a constant vector with several at each use.
 */

/** The `i`-th float32 of a table four times. */
// @ts-ignore: decorator
@inline
export function constant(table: usize, i: usize): v128 {
  return v128.load32_splat(table + (i << 2));
}
