/**
 * Sums of squares: the norm of a gradient.
 *
 * @module
 */
import { product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, values } from "./operation.ts";

/** Values of a part. */
const PART = 1 << 16;

/** Sizes of sums of squares. */
export interface SumSquaresShape {
  /** Number of values. */
  readonly count: number;
  /** Number of parts of equal size; the last may be smaller. */
  readonly parts: number;
}

/**
 * The sum of squares of each part of the values, in the order in which the backend holds them: x `[…]` →
 * `[parts]`, whose sum is that of all. Parts are the same for any number of threads.
 */
export const sumSquares: Operation<
  (x: Floats) => Floats,
  { readonly x: Operand<"values"> },
  SumSquaresShape
> = {
  name: "sumSquares",
  plan(x) {
    const count = product(x.dims);
    const parts = Math.ceil(count / PART);
    return { operands: { x: values(x) }, shape: { count, parts }, result: floats([parts]) };
  },
};
