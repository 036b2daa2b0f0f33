/**
 * Tensors: type, dimensions and storage, with transformers.js's names.
 *
 * A tensor's values are either on the host (a typed array) or on a backend, which runs the recorded
 * operations when {@linkcode Tensor.getData} asks for the values.
 *
 * @module
 */
import { showUnquoted, showValue } from "../base/show_value.ts";

/** Typed array that holds the values of each tensor type. */
export interface TensorArrays {
  /** 32-bit floats: activations, weights, logits. */
  float32: Float32Array;
  /** 32-bit integers: ids, positions and masks inside the library. */
  int32: Int32Array;
  /** 64-bit integers: ids and masks as tokenizers return them. */
  int64: BigInt64Array;
  /** Booleans: one byte per value, 0 or 1. */
  bool: Uint8Array;
}

/** Type of a tensor's values. */
export type TensorType = keyof TensorArrays;

/** Any of the typed arrays that can hold a tensor's values. */
export type TensorArray = TensorArrays[TensorType];

/** Nested arrays of numbers (bigint for int64, boolean for bool), as `tolist()` returns them. */
export type NestedArray = number | bigint | boolean | NestedArray[];

/** Storage of a tensor on a backend. */
export interface DeviceStorage {
  /** The values, if they are on the host and not disposed. */
  readonly array?: TensorArray;
  /** Number of in-place changes of the values; values read earlier are outdated. */
  writes?: number;
  /** Copy of integers that came from the host, so that they can be checked before kernels run. */
  readonly hostIntegers?: Int32Array;
  /** Runs the recorded operations and copies the values to the host. */
  read(): Promise<TensorArray>;
  /** Ends the ownership of the memory; if nothing else holds it, it is freed. A second call does nothing. */
  dispose(): void;
  /** Holds the memory, also after its disposal, until `release` is called as often. */
  retain?(): void;
  /** Ends one `retain`. */
  release?(): void;
}

/**
 * Values with a shape, in row-major order.
 *
 * @example A matrix of two rows
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const tensor = new Tensor("float32", new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
 * assertEquals(tensor.tolist(), [[1, 2, 3], [4, 5, 6]]);
 * ```
 */
export class Tensor<Type extends TensorType = TensorType> {
  /** Type of the values. */
  readonly type: Type;
  /** Length of each dimension, outermost first. */
  readonly dims: readonly number[];
  /** Number of values. */
  readonly size: number;
  #array: TensorArrays[Type] | undefined;
  #storage: DeviceStorage | undefined;
  #reading: Promise<TensorArray> | undefined;
  /** The storage's `writes` when the values were read. */
  #readAt = 0;

  /**
   * Creates a tensor of values on the host or of a backend's storage.
   *
   * @param type Type of the values.
   * @param data The values, row-major, or a backend's storage.
   * @param dims Length of each dimension; their product is the number of values.
   * @throws {TypeError} If `data` does not match `type`, or `dims` is not an array.
   * @throws {RangeError} If the dimensions are not whole numbers or do not fit the data.
   */
  constructor(type: Type, data: TensorArrays[Type] | DeviceStorage, dims: readonly number[]) {
    if (!Object.hasOwn(arrayTypes, type)) {
      throw new TypeError(
        `Cannot make a tensor of type ${showUnquoted(type)}: wanted one of ${
          Object.keys(arrayTypes).join(", ")
        }`,
      );
    }
    if (!Array.isArray(dims)) {
      throw new TypeError(`Cannot make a tensor with dims ${showValue(dims)}: wanted an array`);
    }
    if (!dims.every((n) => Number.isSafeInteger(n) && n >= 0)) {
      throw new RangeError(`Cannot make a tensor of shape [${dims}]: wanted whole numbers ≥ 0`);
    }
    this.type = type;
    this.dims = Object.freeze([...dims]);
    this.size = dims.reduce((product, n) => product * n, 1);
    const wanted = arrayTypes[type];
    if (ArrayBuffer.isView(data) || Array.isArray(data)) {
      if (!(data instanceof wanted)) {
        throw new TypeError(
          `Cannot make a ${type} tensor from a ${data.constructor.name}: wanted a ${wanted.name}`,
        );
      }
      if (data.length !== this.size) {
        throw new RangeError(
          `Cannot make a tensor of shape [${dims}] from ${data.length} values: wanted ${this.size}`,
        );
      }
      this.#array = data as TensorArrays[Type];
    } else if (typeof data?.read === "function") {
      this.#storage = data;
    } else {
      throw new TypeError(
        `Cannot make a ${type} tensor from ${showValue(data)}: wanted a ${wanted.name}`,
      );
    }
  }

  /** The backend's storage; undefined for a tensor that is on the host only. */
  get storage(): DeviceStorage | undefined {
    return this.#storage;
  }

  /**
   * The values, row-major: at hand for a model's outputs and after {@linkcode getData}.
   *
   * @throws {Error} If they are still on a backend: await {@linkcode getData} first.
   */
  get data(): TensorArrays[Type] {
    const array = this.#isCurrent ? this.#array : this.#storage!.array;
    if (array === undefined) {
      throw new Error(
        "Cannot read a tensor that is still on its backend or was disposed: await getData() " +
          "first, then data and tolist() return the values",
      );
    }
    return array as TensorArrays[Type];
  }

  /**
   * Runs the operations recorded for this tensor and reads its values.
   *
   * @returns The values, row-major; the same array on every call.
   * @throws {Error} If the tensor or its backend was disposed, or an operation failed.
   * @throws {RangeError} If an intermediate value overflowed float16.
   */
  async getData(): Promise<TensorArrays[Type]> {
    if (this.#isCurrent) return this.#array!;
    const storage = this.#storage!;
    const writes = storage.writes ?? 0;
    // Concurrent calls share one read; after a failed read the next call tries again.
    const reading = this.#reading ??= storage.read();
    try {
      const array = await reading as TensorArrays[Type];
      this.#array = array;
      this.#readAt = writes;
      return array;
    } finally {
      if (this.#reading === reading) this.#reading = undefined;
    }
  }

  /**
   * Copies the values to nested arrays, one level per dimension; a tensor without dimensions gives
   * a single value.
   *
   * @throws {Error} If the values are still on a backend: await {@linkcode getData} first.
   */
  tolist(): NestedArray {
    const { data, dims, type } = this;
    const nest = (dimension: number, start: number, size: number): NestedArray => {
      if (dimension === dims.length) return type === "bool" ? data[start] !== 0 : data[start];
      const step = size / dims[dimension];
      return Array.from(
        { length: dims[dimension] },
        (_, i) => nest(dimension + 1, start + i * step, step),
      );
    };
    return nest(0, 0, this.size);
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
   * Returns the same values with other dimensions, without a copy: disposing of one tensor disposes
   * of both.
   *
   * @param dims Length of each dimension; their product must stay the same.
   * @returns The tensor.
   * @throws {RangeError} If the product differs.
   */
  reshape(dims: readonly number[]): Tensor<Type> {
    const tensor = new Tensor<Type>(this.type, this.#storage ?? this.#array!, dims);
    tensor.#array = this.#array;
    tensor.#readAt = this.#readAt;
    if (tensor.size !== this.size) {
      throw new RangeError(
        `Cannot reshape [${this.dims}] to [${dims}]: wanted ${this.size} values`,
      );
    }
    return tensor;
  }

  /** Called when an operation changes the values in place, so that they are read again. */
  markWritten(): void {
    const storage = this.#storage;
    if (storage) storage.writes = (storage.writes ?? 0) + 1;
    this.#reading = undefined;
  }

  /** Releases the backend's memory. Values that were read stay readable. */
  dispose(): void {
    this.#storage?.dispose();
  }

  /** Same as {@linkcode Tensor.dispose}, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Whether the values were read and have not changed since. */
  get #isCurrent(): boolean {
    return this.#array !== undefined && this.#readAt === (this.#storage?.writes ?? 0);
  }
}

const arrayTypes = {
  float32: Float32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
};
