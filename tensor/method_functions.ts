/**
 * Methods of tensors as functions.
 *
 * @module
 */
import type { Tensor, TensorType } from "./tensor.ts";

/**
 * Averages the values along a dimension, as the method of that name does.
 *
 * @param input Floats, on the host.
 * @param dim The dimension; null for all values.
 * @param keepdim Whether the dimension stays, with length 1.
 * @returns The means.
 * @throws {TypeError} If the values are not floats.
 * @throws {RangeError} If there is no such dimension, or it is empty.
 *
 * @example
 * ```ts
 * import { mean, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = new Tensor("float32", [1, 2, 3, 6], [2, 2]);
 * assertEquals(mean(rows).item(), 3);
 * assertEquals(mean(rows, 0).tolist(), [2, 4]);
 * ```
 */
export function mean(
  input: Tensor<"float32">,
  dim: number | null = null,
  keepdim = false,
): Tensor<"float32"> {
  return input.mean(dim, keepdim);
}

/**
 * Copies a tensor with its dimensions in another order, as the method of that name does.
 *
 * @param tensor A tensor on the host.
 * @param axes The old dimension that each new one was.
 * @returns The tensor.
 * @throws {RangeError} If `axes` does not name each dimension once.
 *
 * @example
 * ```ts
 * import { permute, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = new Tensor("float32", [1, 2, 3, 4, 5, 6], [2, 3]);
 * assertEquals(permute(rows, [1, 0]).tolist(), [[1, 4], [2, 5], [3, 6]]);
 * ```
 */
export function permute<Type extends TensorType>(
  tensor: Tensor<Type>,
  axes: readonly number[],
): Tensor<Type> {
  return tensor.permute(...axes);
}
