/**
 * Addition.
 *
 * @module
 */
import { expectDims, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes of an addition. */
export interface AddShape {
  /** Number of values of x. */
  readonly count: number;
  /** Number of values of y, a divisor of `count`. */
  readonly repeat: number;
}

/**
 * `x + y`: x `[b, n, w]`, y of the same shape, or `[1, n, w]` to add the same rows to each
 * sequence.
 */
export const add: Operation<
  (x: Floats, y: Floats) => Floats,
  { readonly x: Operand<"rows">; readonly y: Operand<"rows"> },
  AddShape
> = {
  name: "add",
  plan(x, y) {
    const [batch, ...rest] = x.dims;
    expectDims("add", "y", y, [y.dims[0] === 1 ? 1 : batch, ...rest]);
    return {
      operands: { x: rows(x), y: rows(y) },
      shape: { count: product(x.dims), repeat: product(y.dims) },
      result: floats(x.dims),
    };
  },
};
