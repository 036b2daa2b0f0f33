/**
 * Tensors of one value.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { ARRAY_TYPES } from "./convert_values.ts";
import { Tensor } from "./tensor.ts";
import { assertDims, sizeOf } from "./tensor_shapes.ts";

/** Type of a tensor of one value. */
export type FilledType<Value> = Value extends bigint ? "int64"
  : Value extends boolean ? "bool"
  : "float32";

/**
 * Makes a tensor of one value.
 *
 * @param size Length of each dimension.
 * @param fill_value The value: a number makes a tensor of float32, a bigint of int64, a boolean of
 *   bool.
 * @returns The tensor.
 * @throws {TypeError} If the value is none of these, or `size` is not an array.
 * @throws {RangeError} If the lengths are not whole numbers ≥ 0, or int64 cannot hold the value.
 *
 * @example
 * ```ts
 * import { full, ones } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(full([2, 2], 0.5).tolist(), [[0.5, 0.5], [0.5, 0.5]]);
 * assertEquals(ones([2]).tolist(), [1n, 1n]);
 * ```
 */
export function full<Value extends number | bigint | boolean>(
  size: readonly number[],
  fill_value: Value,
): Tensor<FilledType<Value>> {
  const types: Record<string, "float32" | "int64" | "bool" | undefined> = {
    number: "float32",
    bigint: "int64",
    boolean: "bool",
  };
  const type = types[typeof fill_value];
  if (type === undefined) {
    throw new TypeError(
      `Cannot fill a tensor with ${showValue(fill_value)}: wanted a number, a bigint or a boolean`,
    );
  }
  assertDims(size);
  const [value] = new Tensor(type, [fill_value], []).data;
  const values = new ARRAY_TYPES[type](sizeOf(size)) as Float32Array;
  return new Tensor(type, values.fill(value as number), size) as Tensor<FilledType<Value>>;
}

/**
 * Makes a tensor of one value with the dimensions of another tensor.
 *
 * @param tensor The other tensor.
 * @param fill_value The value, as for {@linkcode full}.
 * @returns The tensor.
 * @throws {TypeError} If the value is not a number, a bigint or a boolean.
 *
 * @example
 * ```ts
 * import { full_like, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Tensor("float32", [1, 2, 3, 4], [2, 2]);
 * assertEquals(full_like(scores, true).tolist(), [[true, true], [true, true]]);
 * ```
 */
export function full_like<Value extends number | bigint | boolean>(
  tensor: Tensor,
  fill_value: Value,
): Tensor<FilledType<Value>> {
  return full(tensor.dims, fill_value);
}

/**
 * Makes a tensor of int64 of ones.
 *
 * @param size Length of each dimension.
 * @returns The tensor.
 * @throws {RangeError} If the lengths are not whole numbers ≥ 0.
 *
 * @example
 * ```ts
 * import { ones } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const attention_mask = ones([1, 3]);
 * assertEquals([attention_mask.type, attention_mask.tolist()], ["int64", [[1n, 1n, 1n]]]);
 * ```
 */
export function ones(size: readonly number[]): Tensor<"int64"> {
  return full(size, 1n);
}

/**
 * Makes a tensor of int64 of ones with the dimensions of another tensor.
 *
 * @param tensor The other tensor.
 * @returns The tensor.
 *
 * @example
 * ```ts
 * import { ones_like, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const input_ids = new Tensor("int64", [0n, 5n, 6n, 2n], [1, 4]);
 * assertEquals(ones_like(input_ids).tolist(), [[1n, 1n, 1n, 1n]]);
 * ```
 */
export function ones_like(tensor: Tensor): Tensor<"int64"> {
  return ones(tensor.dims);
}

/**
 * Makes a tensor of int64 of zeros.
 *
 * @param size Length of each dimension.
 * @returns The tensor.
 * @throws {RangeError} If the lengths are not whole numbers ≥ 0.
 *
 * @example
 * ```ts
 * import { zeros } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(zeros([2, 1]).tolist(), [[0n], [0n]]);
 * ```
 */
export function zeros(size: readonly number[]): Tensor<"int64"> {
  return full(size, 0n);
}

/**
 * Makes a tensor of int64 of zeros with the dimensions of another tensor.
 *
 * @param tensor The other tensor.
 * @returns The tensor.
 *
 * @example
 * ```ts
 * import { Tensor, zeros_like } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const input_ids = new Tensor("int64", [0n, 5n, 6n, 2n], [1, 4]);
 * assertEquals(zeros_like(input_ids).tolist(), [[0n, 0n, 0n, 0n]]); // token_type_ids of one text
 * ```
 */
export function zeros_like(tensor: Tensor): Tensor<"int64"> {
  return zeros(tensor.dims);
}
