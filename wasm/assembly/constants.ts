/**
 * Constants of a polynomial, kept in memory: a load that spreads one is a single instruction, where
 * engines put a constant vector together with several at each use.
 */

/** The `i`-th float32 of a table four times. */
// @ts-ignore: decorator
@inline
export function constant(table: usize, i: usize): v128 {
  return v128.load32_splat(table + (i << 2));
}
