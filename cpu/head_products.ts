/**
 * Inner products of rows, head by head.
 *
 * @module
 */
import type { HeadProductsShape } from "../ops/head_products.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `Σ xᵢyᵢ` of each head, in float64.
 *
 * @param operands x and y `[count, width]`.
 * @param shape Sizes.
 * @returns `[count]`.
 *
 * @example
 * ```ts
 * import { headProducts } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const [x, y] = [[1, 2, 3, 4], [5, 6, 7, 8]].map((values) => new Float32Array(values));
 * assertEquals([...headProducts({ x, y }, { count: 2, width: 2 })], [17, 53]);
 * ```
 */
export function headProducts(
  { x, y }: CpuOperands<"headProducts">,
  { count, width }: HeadProductsShape,
): Float32Array {
  const result = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += x[i * width + d] * y[i * width + d];
    result[i] = sum;
  }
  return result;
}
