/**
 * Inner products of rows, head by head.
 *
 * @module
 */
import { expectDims, headWidth } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes of inner products of heads. */
export interface HeadProductsShape {
  /** Heads of all rows. */
  readonly count: number;
  /** Width of a head. */
  readonly width: number;
}

/**
 * The inner product of each head of each row of x with that of y: x and y `[b, n, w]` → `[b, n, h]`. Of
 * an attention's output and the gradient by it: the mean of the gradients by a row's weights.
 *
 * @throws {TypeError} If the shapes differ.
 * @throws {RangeError} If rows do not divide into that many heads.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { headProducts } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 2, 3, 4]), [1, 1, 4]);
 * const y = backend.floats(new Float32Array([1, 1, 10, 10]), [1, 1, 4]);
 * const products = backend.run(headProducts, x, y, 2);
 * assertEquals([...await products.getData()], [3, 70]); // 1·1 + 2·1 and 3·10 + 4·10
 * ```
 */
export const headProducts: Operation<
  (x: Floats, y: Floats, heads: number) => Floats,
  { readonly x: Operand<"rows">; readonly y: Operand<"rows"> },
  HeadProductsShape
> = {
  name: "headProducts",
  plan(x, y, heads) {
    const [batch, count, rowWidth] = x.dims;
    expectDims("headProducts", "x", x, [batch, count, rowWidth]);
    expectDims("headProducts", "y", y, x.dims);
    return {
      operands: { x: rows(x), y: rows(y) },
      shape: { count: batch * count * heads, width: headWidth("headProducts", rowWidth, heads) },
      result: floats([batch, count, heads]),
    };
  },
};
