/**
 * Tensors: type, dimensions and storage, with transformers.js's names.
 *
 * A tensor's values are either on the host (a typed array) or on a backend, which runs the recorded
 * operations when {@linkcode Tensor.getData} asks for the values.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import {
  ARRAY_TYPES,
  convertValues,
  type TensorArray,
  type TensorArrays,
  type TensorType,
} from "./convert_values.ts";
import { assertFloats } from "./change_values.ts";
import { findExtremes } from "./extreme_values.ts";
import { reduceValues, splitDims } from "./reduce_values.ts";
import { type DeviceStorage, StoredTensor } from "./stored_tensor.ts";
import { permuteValues, repeatValues, type SliceRange, sliceValues } from "./strided_copy.ts";
import { TensorArithmetic, type TensorValue, type ValueChange } from "./tensor_arithmetic.ts";
import {
  flattenDims,
  inferDims,
  resolveDim,
  resolveIndex,
  sizeOf,
  squeezeDims,
  stridesOf,
} from "./tensor_shapes.ts";

export type {
  DeviceStorage,
  SliceRange,
  TensorArray,
  TensorArrays,
  TensorType,
  TensorValue,
  ValueChange,
};
export { StoredTensor, TensorArithmetic };

/** The method whose result console.log() prints in Deno, Node and Bun. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Nested arrays of numbers (bigint for int64, boolean for bool), as `tolist()` returns them. */
export type NestedArray = number | bigint | boolean | NestedArray[];

/**
 * Values with a shape, in row-major order, with the methods of transformers.js's tensors.
 *
 * Dimensions are counted from 0, or with negative numbers from the end. `tensor[i]` is row i and
 * shares the tensor's values. Methods that compute need values on the host, which a model's outputs
 * have; on a tensor that is still on its backend they throw an `Error` that says to await
 * {@linkcode Tensor.getData}.
 *
 * @example A matrix of two rows
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const tensor = new Tensor("float32", new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
 * assertEquals(tensor.tolist(), [[1, 2, 3], [4, 5, 6]]);
 * assertEquals(tensor[1].tolist(), [4, 5, 6]);
 * assertEquals(tensor.slice(null, [0, 2]).tolist(), [[1, 2], [4, 5]]);
 * assertEquals(tensor.mean(1).tolist(), [2, 5]);
 * ```
 */
export class Tensor<Type extends TensorType = TensorType> extends TensorArithmetic<Type> {
  /** Row i, or from the end row −i, which shares the values; of one dimension, its value i. */
  readonly [row: number]: Tensor<Type>;

  /**
   * Creates a tensor of values on the host or of a backend's storage.
   *
   * @param type Type of the values.
   * @param data The values, row-major: the type's array, which is not copied, or a plain array of
   *   numbers; or a backend's storage.
   * @param dims Length of each dimension; their product is the number of values.
   * @throws {TypeError} If `data` does not match `type`, or `dims` is not an array.
   * @throws {RangeError} If the dimensions are not whole numbers or do not fit the data, or a plain
   *   array has a value that the type cannot hold.
   */
  constructor(
    type: Type,
    data: TensorArrays[Type] | readonly (number | bigint | boolean)[] | DeviceStorage,
    dims: readonly number[],
  ) {
    const isPlain = Array.isArray(data) && Object.hasOwn(ARRAY_TYPES, type);
    super(type, isPlain ? convertValues(data, type) : data as DeviceStorage, dims);
    // Not as this file is loaded, so that it can be left out.
    if (!Object.hasOwn(Tensor.prototype, INSPECT)) Tensor.#prepare();
  }

  static #prepare(): void {
    // At the end of the prototypes, asked only for what neither the tensor nor its class has.
    const rows = new Proxy(Object.prototype, {
      get: (target, key, tensor) =>
        typeof key === "string" && /^-?\d+$/.test(key) && tensor instanceof Tensor
          ? tensor.#row(Number(key))
          : Reflect.get(target, key, tensor),
    });
    Object.setPrototypeOf(StoredTensor.prototype, rows);
    Object.defineProperty(Tensor.prototype, INSPECT, {
      value: function (this: Tensor) {
        const { type, dims, size } = this;
        const data = Object.hasOwn(this, "dims") ? this.known : undefined;
        return { type, dims, size, ...data && { data } };
      },
    });
  }

  /**
   * Copies the values to nested arrays, one level per dimension; a tensor without dimensions gives
   * a single value.
   *
   * @typeParam List What is returned, as far as the caller knows the number of dimensions:
   *   `const rows: number[][] = tensor.tolist()`. Absent: `any[]`, as in transformers.js, so that
   *   `tensor.tolist()[0][1]` needs no cast.
   * @throws {Error} If the values are still on a backend: await {@linkcode getData} first.
   */
  // deno-lint-ignore no-explicit-any
  tolist<List = any[]>(): List {
    const { data, dims, type } = this;
    const nest = (dimension: number, start: number, size: number): NestedArray => {
      if (dimension === dims.length) return type === "bool" ? data[start] !== 0 : data[start];
      const step = size / dims[dimension];
      return Array.from(
        { length: dims[dimension] },
        (_, i) => nest(dimension + 1, start + i * step, step),
      );
    };
    return nest(0, 0, this.size) as List;
  }

  /**
   * Copies the values to one array, row-major: what `flat()` makes of the rows of nested arrays, so
   * that code that is given ids need not know which of both they are.
   *
   * @throws {Error} If the values are still on a backend: await {@linkcode getData} first.
   */
  flat(): TensorArrays[Type][number][] {
    return Array.from<TensorArrays[Type][number]>(this.data);
  }

  /**
   * Yields the rows, each of which shares the values; of a tensor of one dimension, its values. Either
   * is `any`, as in transformers.js, so that what is known of the dimensions needs no cast.
   *
   * @throws {Error} If the values are still on a backend.
   */
  // deno-lint-ignore no-explicit-any
  *[Symbol.iterator](): IterableIterator<any> {
    if (this.dims.length < 2) yield* this.data;
    else for (let i = 0; i < this.dims[0]; i++) yield this.#row(i);
  }

  /**
   * Returns the value of a tensor that has only one.
   *
   * @throws {RangeError} If there is not exactly one value.
   */
  item(): TensorValue<Type> {
    if (this.size === 1) return this.data[0];
    throw new RangeError(`Cannot take the item of ${this.size} values: wanted one`);
  }

  /** Copies the tensor, its values too. */
  override clone(): this {
    return this.#like(this.data.slice() as TensorArrays[Type]) as this;
  }

  /**
   * Copies a part of the tensor.
   *
   * @param ranges For each dimension an index, which leaves the dimension out; `[start, end]`
   *   without the end, either of them null for the tensor's own; or null for all. Ends outside the
   *   tensor are moved to its ends.
   * @throws {TypeError} If a range is none of these.
   * @throws {RangeError} If an index is outside the tensor, or a range ends before it starts.
   */
  slice(...ranges: (SliceRange | undefined)[]): Tensor<Type> {
    return this.#like(...sliceValues(this.data, this.dims, ranges));
  }

  /**
   * Copies the values with the dimensions in another order.
   *
   * @param order The old dimension that each new one was.
   * @throws {RangeError} If `order` does not name each dimension once.
   */
  permute(...order: number[]): Tensor<Type> {
    return this.#like(...permuteValues(this.data, this.dims, order));
  }

  /** Same as {@linkcode Tensor.permute}, as in transformers.js: takes all dimensions. */
  transpose(...order: number[]): Tensor<Type> {
    return this.permute(...order);
  }

  /**
   * Returns the same values with other dimensions, as {@linkcode Tensor.reshape} does.
   *
   * @param dims Length of each dimension; one may be −1, which follows from the others.
   * @throws {RangeError} If the number of values differs.
   */
  view(...dims: number[]): Tensor<Type> {
    return this.reshape(inferDims(dims, this.size));
  }

  /**
   * Returns the same values without dimensions of length 1, without a copy.
   *
   * @param dim The dimension, or several, that are left out if their length is 1; absent: all.
   * @throws {RangeError} If there is no such dimension.
   */
  squeeze(dim?: number | readonly number[] | null): Tensor<Type> {
    return this.reshape(squeezeDims(this.dims, dim));
  }

  /** Same as {@linkcode Tensor.squeeze}, in place. */
  squeeze_(dim?: number | readonly number[] | null): this {
    return this.#setDims(squeezeDims(this.dims, dim));
  }

  /**
   * Returns the same values with one dimension of length 1 more, without a copy.
   *
   * @param dim Where it stands among the new dimensions.
   * @throws {RangeError} If it cannot stand there.
   */
  unsqueeze(dim = 0): Tensor<Type> {
    return this.reshape(this.dims.toSpliced(resolveDim(dim, this.dims, 1), 0, 1));
  }

  /** Same as {@linkcode Tensor.unsqueeze}, in place. */
  unsqueeze_(dim = 0): this {
    return this.#setDims(this.dims.toSpliced(resolveDim(dim, this.dims, 1), 0, 1));
  }

  /**
   * Copies the tensor with several dimensions joined to one.
   *
   * @param start The first of them.
   * @param end The last of them.
   * @throws {RangeError} If there are no such dimensions.
   */
  flatten(start = 0, end = -1): Tensor<Type> {
    return this.clone().flatten_(start, end);
  }

  /** Same as {@linkcode Tensor.flatten}, in place. */
  flatten_(start = 0, end = -1): this {
    return this.#setDims(flattenDims(this.dims, start, end));
  }

  /**
   * Copies the tensor several times along its dimensions.
   *
   * @param repeats How often along each dimension; if there are more, new ones come first.
   * @throws {RangeError} If a number is not a whole number ≥ 0, or there are too few.
   */
  repeat(...repeats: number[]): Tensor<Type> {
    return this.#like(...repeatValues(this.data, this.dims, repeats));
  }

  /**
   * Same as {@linkcode Tensor.repeat}; if there are fewer numbers than dimensions, they are those of
   * the last ones.
   */
  tile(...repeats: number[]): Tensor<Type> {
    const missing = Math.max(0, this.dims.length - repeats.length);
    return this.repeat(...Array<number>(missing).fill(1), ...repeats);
  }

  /** How far the values of neighbours along each dimension lie apart. */
  stride(): number[] {
    return stridesOf(this.dims);
  }

  /**
   * Tells which values are greater than a number.
   *
   * @param value The number.
   */
  gt(value: number | bigint): Tensor<"bool"> {
    return new Tensor(
      "bool",
      Array.from<number | bigint, boolean>(this.data, (x) => x > value),
      this.dims,
    );
  }

  /**
   * Tells which values are less than a number.
   *
   * @param value The number.
   */
  lt(value: number | bigint): Tensor<"bool"> {
    return new Tensor(
      "bool",
      Array.from<number | bigint, boolean>(this.data, (x) => x < value),
      this.dims,
    );
  }

  /**
   * Converts the values to another type; the tensor itself if it has that type.
   *
   * Floats become int64 by rounding down and other integers without their fraction, as in
   * transformers.js.
   *
   * @param type The wanted type.
   * @throws {TypeError} If there is no such type.
   * @throws {RangeError} If the type cannot hold a value, such as one that is too large or NaN.
   */
  to<To extends TensorType>(type: To): Tensor<To> {
    if (type === this.type as TensorType) return this as unknown as Tensor<To>;
    const { data } = this;
    const round = type === "int64" ? Math.floor : Math.trunc;
    const isCut = this.type === "float32" && type !== "bool";
    const whole = isCut
      ? Array.from(data as Float32Array, round)
      : Array.from<number | bigint>(data);
    return new Tensor(type, whole, this.dims);
  }

  /**
   * Adds the values along a dimension, in 64-bit arithmetic.
   *
   * @param dim The dimension; null for all values, which gives a tensor without dimensions.
   * @param keepdim Whether the dimension stays, with length 1.
   * @throws {TypeError} If the values are booleans.
   * @throws {RangeError} If there is no such dimension, or an integer type cannot hold a sum.
   */
  sum(dim: number | null = null, keepdim = false): Tensor<Type> {
    if (this.type === "bool") assertFloats("take the sum of", this.type);
    const zero = (this.type === "int64" ? 0n : 0) as number;
    return this.#reduce(dim, keepdim, zero, (a, b) => a + b);
  }

  /**
   * Averages the values along a dimension.
   *
   * @param dim The dimension; null for all values.
   * @param keepdim Whether the dimension stays, with length 1.
   * @throws {TypeError} If the values are not floats.
   * @throws {RangeError} If there is no such dimension, or it is empty.
   */
  mean(dim: number | null = null, keepdim = false): Tensor<Type> {
    assertFloats("take the mean of", this.type);
    const count = splitDims(this.dims, dim)[1];
    if (count === 0) throw new RangeError("Cannot take the mean of no values");
    return this.#reduce(dim, keepdim, 0, (a, b) => a + b, (sum) => sum / count);
  }

  /**
   * Finds the smallest values along a dimension.
   *
   * @param dim The dimension; null for all values.
   * @param keepdim Whether the dimension stays, with length 1.
   * @throws {RangeError} If there is no such dimension, it is empty, or a value is NaN.
   */
  min(dim: number | null = null, keepdim = false): Tensor<Type> {
    return this.#extremes(dim, keepdim, false);
  }

  /**
   * Finds the largest values along a dimension.
   *
   * @param dim The dimension; null for all values.
   * @param keepdim Whether the dimension stays, with length 1.
   * @throws {RangeError} If there is no such dimension, it is empty, or a value is NaN.
   */
  max(dim: number | null = null, keepdim = false): Tensor<Type> {
    return this.#extremes(dim, keepdim, true);
  }

  /**
   * Finds where the smallest values along a dimension are, the first of equal ones.
   *
   * @param dim The dimension; null for all values, in row-major order.
   * @param keepdim Whether the dimension stays, with length 1.
   * @throws {RangeError} If there is no such dimension, it is empty, or a value is NaN.
   */
  argmin(dim: number | null = null, keepdim = false): Tensor<"int64"> {
    return this.#positions(dim, keepdim, false);
  }

  /**
   * Finds where the largest values along a dimension are, the first of equal ones.
   *
   * @param dim The dimension; null for all values, in row-major order.
   * @param keepdim Whether the dimension stays, with length 1.
   * @throws {RangeError} If there is no such dimension, it is empty, or a value is NaN.
   */
  argmax(dim: number | null = null, keepdim = false): Tensor<"int64"> {
    return this.#positions(dim, keepdim, true);
  }

  /**
   * Computes norms along a dimension: `(Σ |x|ᵖ)^(1/p)`.
   *
   * @param p The exponent, above 0; `fro` is 2.
   * @param dim The dimension; null for all values.
   * @param keepdim Whether the dimension stays, with length 1.
   * @throws {TypeError} If the values are not floats.
   * @throws {RangeError} If there is no such dimension, or `p` is not a positive number.
   */
  norm(p: number | "fro" = "fro", dim: number | null = null, keepdim = false): Tensor<Type> {
    assertFloats("take the norm of", this.type);
    const power = p === "fro" ? 2 : p;
    if (!(power > 0 && power < Infinity)) {
      throw new RangeError(`Cannot take norm ${showValue(p)}: wanted a number above 0 or "fro"`);
    }
    const add = (sum: number, x: number) => sum + Math.abs(x) ** power;
    return this.#reduce(dim, keepdim, 0, add, (sum) => sum ** (1 / power));
  }

  /**
   * Divides by the norms along a dimension; zeros stay zeros.
   *
   * @param p The norm's exponent.
   * @param dim The dimension; absent, the second.
   * @throws {TypeError} If the values are not floats.
   * @throws {RangeError} If there is no such dimension.
   */
  normalize(p: number | "fro" = 2, dim = 1): Tensor<Type> {
    const norms = this.norm(p, dim).data as Float32Array;
    const [, length, after] = splitDims(this.dims, dim);
    const divide = (value: number, i: number) =>
      value / (norms[Math.floor(i / (length * after)) * after + i % after] || 1);
    return this.#like((this.data as Float32Array).map(divide) as TensorArrays[Type]);
  }

  /** Same as {@linkcode Tensor.normalize}, in place. */
  normalize_(p: number | "fro" = 2, dim = 1): this {
    const { data } = this.normalize(p, dim);
    (this.own() as Float32Array).set(data as Float32Array);
    return this;
  }

  /** Row i: a tensor of the other dimensions that shares the values. */
  #row(i: number): Tensor<Type> {
    const [rows, ...dims] = this.dims;
    const row = resolveIndex(i, rows ?? 0, `index of a tensor of shape [${this.dims}]`);
    const width = sizeOf(dims);
    const part = this.data.subarray(row * width, (row + 1) * width);
    return this.#like(part as TensorArrays[Type], dims);
  }

  /** A tensor of the same type. */
  #like(
    data: TensorArrays[Type] | readonly TensorValue<Type>[],
    dims: readonly number[] = this.dims,
  ): Tensor<Type> {
    return new Tensor(this.type, data, dims);
  }

  /** Combines the values along a dimension; bigints of int64 pass as numbers. */
  #reduce(
    dim: number | null,
    keepdim: boolean,
    start: number,
    combine: (found: number, value: number) => number,
    finish: (result: number) => number = (result) => result,
  ): Tensor<Type> {
    const { data, dims } = this;
    const split = splitDims(dims, dim);
    const values = reduceValues(data as Float32Array, split, start, combine).map(finish);
    return this.#like(values as TensorValue<Type>[], this.#reducedDims(dim, keepdim));
  }

  /** What is left of the dimensions when one of them, or all, are reduced. */
  #reducedDims(dim: number | null, keepdim: boolean): number[] {
    return dim === null
      ? []
      : this.dims.toSpliced(resolveDim(dim, this.dims), 1, ...keepdim ? [1] : []);
  }

  #extremes(dim: number | null, keepdim: boolean, isLargest: boolean): Tensor<Type> {
    const data = this.data as Float32Array;
    const found = findExtremes(data, splitDims(this.dims, dim), isLargest);
    const values = found.map((at) => data[at] as TensorValue<Type>);
    return this.#like(values, this.#reducedDims(dim, keepdim));
  }

  #positions(dim: number | null, keepdim: boolean, isLargest: boolean): Tensor<"int64"> {
    const split = splitDims(this.dims, dim);
    const [, length, after] = split;
    const found = findExtremes(this.data as Float32Array, split, isLargest)
      .map((at) => Math.floor(at / after) % length);
    return new Tensor("int64", found, this.#reducedDims(dim, keepdim));
  }

  /** Sets the dimensions of as many values. */
  #setDims(dims: readonly number[]): this {
    return Object.assign(this, { dims: Object.freeze(dims) });
  }
}
