/**
 * Keys and values in half precision.
 *
 * @module
 */
import { expectDims } from "./checks.ts";
import { type Floats, halves, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes of numbers in half precision. */
export interface HalveShape {
  /** How many there are. */
  readonly count: number;
}

/**
 * Rounds to half precision, in which numbers take two bytes: x `[b, n, w]` → `[b, n, w]`. Only
 * `attend` reads them, as keys and values, and `getData`. From 65,520 on they are infinite. On webgpu
 * numbers are in half precision with the dtype "fp16" only, and then all are.
 */
export const halve: Operation<
  (x: Floats) => Floats,
  { readonly x: Operand<"rows"> },
  HalveShape
> = {
  name: "halve",
  plan(x) {
    const [batch, count, width] = x.dims;
    expectDims("halve", "x", x, [batch, count, width]);
    return { operands: { x: rows(x) }, shape: { count: x.size }, result: halves(x.dims) };
  },
};
