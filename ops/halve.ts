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
 *
 * @throws {TypeError} If x does not have three dimensions.
 * @throws {RangeError} If the backend does not hold numbers in half precision.
 *
 * @example Half precision has 11 significant bits
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { halve } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([0.5, 2049, 65520]), [1, 1, 3]);
 * assertEquals([...await backend.run(halve, x).getData()], [0.5, 2048, Infinity]);
 * ```
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
