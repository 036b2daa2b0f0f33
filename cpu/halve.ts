/**
 * Keys and values in half precision.
 *
 * @module
 */
import type { HalveShape } from "../ops/halve.ts";
import { decodeFloat16, encodeFloat16 } from "../tensor/float16.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Rounds to half precision: to nearest, ties to even. The reference holds what they stand for.
 *
 * @param operands x, any values.
 * @param _shape Their number.
 * @returns The rounded values.
 *
 * @example
 * ```ts
 * import { halve } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([1, 2049, 1e6]);
 * assertEquals([...halve({ x }, { count: 3 })], [1, 2048, Infinity]);
 * ```
 */
export function halve({ x }: CpuOperands<"halve">, _shape: HalveShape): Float32Array {
  return decodeFloat16(encodeFloat16(x));
}
