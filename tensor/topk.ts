/**
 * The largest values of each row.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { Tensor } from "./tensor.ts";
import { sizeOf } from "./tensor_shapes.ts";

/**
 * Finds the largest values along the last dimension, the largest first; of equal ones the first.
 *
 * @param tensor Floats without NaN, `[…, n]`; read if they are still on a backend.
 * @param k How many; absent, or above n: n.
 * @returns The values, and their positions in the last dimension, both `[…, k]`.
 * @throws {TypeError} If the values are not floats.
 * @throws {RangeError} If `k` is not a whole number ≥ 1, the tensor has no dimension, or a value is
 *   NaN.
 *
 * @example
 * ```ts
 * import { Tensor, topk } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const [values, indices] = await topk(new Tensor("float32", [3, 9, 5], [1, 3]), 2);
 * assertEquals(values.tolist(), [[9, 5]]);
 * assertEquals(indices.tolist(), [[1n, 2n]]);
 * ```
 */
export async function topk(
  tensor: Tensor<"float32">,
  k?: number | null,
): Promise<[Tensor<"float32">, Tensor<"int64">]> {
  if (!(tensor instanceof Tensor) || tensor.type !== "float32") {
    throw new TypeError("Cannot find the largest values: wanted a tensor of float32");
  }
  if (k != null && !(Number.isInteger(k) && k >= 1)) {
    throw new RangeError(`Cannot find the ${showValue(k)} largest: wanted a whole number ≥ 1`);
  }
  const width = tensor.dims.at(-1);
  if (width === undefined) {
    throw new RangeError("Cannot find the largest values of a tensor without dimensions");
  }
  const data = await tensor.getData();
  if (data.some(Number.isNaN)) throw new RangeError("Cannot order values of which one is NaN");
  const count = Math.min(k ?? width, width);
  const outer = tensor.dims.slice(0, -1);
  const size = sizeOf(outer) * count;
  const [values, indices] = [new Float32Array(size), new BigInt64Array(size)];
  for (let row = 0; row < sizeOf(outer); row++) {
    const scores = data.subarray(row * width, (row + 1) * width);
    // The sort is stable; equal infinities differ by NaN, which it takes for 0.
    const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
    for (let i = 0; i < count; i++) {
      values[row * count + i] = scores[order[i]];
      indices[row * count + i] = BigInt(order[i]);
    }
  }
  const dims = [...outer, count];
  return [new Tensor("float32", values, dims), new Tensor("int64", indices, dims)];
}
