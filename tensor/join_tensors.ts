/**
 * Several tensors as one.
 *
 * @module
 */
import { ARRAY_TYPES } from "./convert_values.ts";
import { splitDims } from "./reduce_values.ts";
import { Tensor, type TensorType } from "./tensor.ts";
import { resolveDim } from "./tensor_shapes.ts";

/**
 * Joins tensors along a dimension.
 *
 * @param tensors Tensors of one type, on the host, at least one; their other dimensions are equal.
 * @param dim The dimension, −1 for the last.
 * @returns The tensor; its values are copies.
 * @throws {TypeError} If there is no tensor, or their types differ.
 * @throws {RangeError} If there is no such dimension, or another differs.
 * @throws {Error} If the values are still on a backend: await `getData()` first.
 *
 * @example
 * ```ts
 * import { cat, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const a = new Tensor("float32", [1, 2], [2, 1]);
 * const b = new Tensor("float32", [3, 4], [2, 1]);
 * assertEquals(cat([a, b], 1).tolist(), [[1, 3], [2, 4]]);
 * ```
 */
export function cat<Type extends TensorType>(
  tensors: readonly Tensor<Type>[],
  dim = 0,
): Tensor<Type> {
  assertTensors(tensors);
  const { type, dims } = tensors[0];
  const at = resolveDim(dim, dims);
  for (const tensor of tensors) {
    if (
      tensor.dims.length === dims.length && tensor.dims.every((n, i) => i === at || n === dims[i])
    ) {
      continue;
    }
    throw new RangeError(
      `Cannot join [${dims}] and [${tensor.dims}] along dimension ${at}: the others must be equal`,
    );
  }
  const joined = dims.with(at, tensors.reduce((sum, tensor) => sum + tensor.dims[at], 0));
  const [before, along, after] = splitDims(joined, at);
  // Bigints and numbers are copied alike, each from and to arrays of one kind.
  const values = new ARRAY_TYPES[type](before * along * after) as Float32Array;
  let offset = 0;
  for (const tensor of tensors) {
    const width = tensor.dims[at] * after;
    for (let i = 0; i < before; i++) {
      const part = tensor.data.subarray(i * width, (i + 1) * width) as Float32Array;
      values.set(part, i * along * after + offset);
    }
    offset += width;
  }
  return new Tensor<Type>(type, values as Tensor<Type>["data"], joined);
}

/**
 * Joins tensors along a new dimension.
 *
 * @param tensors Tensors of one type and shape, on the host, at least one.
 * @param dim Where the new dimension stands, −1 for the end.
 * @returns The tensor; its values are copies.
 * @throws {TypeError} If there is no tensor, or their types differ.
 * @throws {RangeError} If the dimension cannot stand there, or the shapes differ.
 * @throws {Error} If the values are still on a backend: await `getData()` first.
 *
 * @example
 * ```ts
 * import { stack, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const a = new Tensor("float32", [1, 2], [2]);
 * const b = new Tensor("float32", [3, 4], [2]);
 * assertEquals(stack([a, b]).tolist(), [[1, 2], [3, 4]]);
 * ```
 */
export function stack<Type extends TensorType>(
  tensors: readonly Tensor<Type>[],
  dim = 0,
): Tensor<Type> {
  assertTensors(tensors);
  return cat(tensors.map((tensor) => tensor.unsqueeze(dim)), dim);
}

function assertTensors(tensors: readonly Tensor[]): void {
  const isList = Array.isArray(tensors) && tensors.length > 0 &&
    tensors.every((tensor) => tensor instanceof Tensor);
  if (!isList) throw new TypeError("Cannot join tensors: wanted an array of one or more");
  const types = new Set(tensors.map(({ type }) => type));
  if (types.size > 1) {
    throw new TypeError(`Cannot join tensors of types ${[...types].join(", ")}: wanted one type`);
  }
}
