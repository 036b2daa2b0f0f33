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
 * The sum of squares of each part of the values, in the order in which the backend holds them: x
 * `[…]` → `[parts]`, whose sum is that of all. There are as few parts of equal size as give none
 * more than 65,536 values (the last may have fewer); they are the same for any number of threads.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { sumSquares } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 2, 3, 4]), [2, 2]);
 * assertEquals([...await backend.run(sumSquares, x).getData()], [30]);
 * const ones = backend.floats(new Float32Array(100_000).fill(1), [100_000]);
 * assertEquals([...await backend.run(sumSquares, ones).getData()], [50_000, 50_000]);
 * ```
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
