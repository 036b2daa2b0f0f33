/**
 * Addition.
 *
 * @module
 */
import type { CpuOperands } from "./roles.ts";

/**
 * `x + y`, y repeated to the length of x.
 *
 * @param operands x `[batch, rows, width]`; y the same, or `[rows, width]` for every sequence.
 * @returns The shape of x.
 *
 * @example
 * ```ts
 * import { add } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const sum = add({ x: new Float32Array([1, 2, 3, 4]), y: new Float32Array([10, 20]) });
 * assertEquals([...sum], [11, 22, 13, 24]);
 * ```
 */
export function add({ x, y }: CpuOperands<"add">): Float32Array {
  return x.map((value, i) => value + y[i % y.length]);
}
