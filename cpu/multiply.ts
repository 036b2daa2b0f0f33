/**
 * Multiplication.
 *
 * @module
 */
import type { CpuOperands } from "./roles.ts";

/**
 * `x · y`, value by value.
 *
 * @param operands x and y of one shape.
 * @returns That shape.
 *
 * @example
 * ```ts
 * import { multiply } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const product = multiply({ x: new Float32Array([2, 3]), y: new Float32Array([10, -1]) });
 * assertEquals([...product], [20, -3]);
 * ```
 */
export function multiply({ x, y }: CpuOperands<"multiply">): Float32Array {
  return x.map((value, i) => value * y[i]);
}
