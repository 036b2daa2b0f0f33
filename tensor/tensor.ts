/**
 * Tensors: a type, dimensions and a storage handle, with transformers.js's names.
 *
 * A tensor's values are either on the host (a typed array) or with a backend, which runs what it
 * recorded when {@linkcode Tensor.getData} asks for them.
 *
 * @module
 */

/** Which typed array holds the values of each tensor type. */
export interface TensorArrays {
  /** 32-bit floats: activations, weights, logits. */
  float32: Float32Array;
  /** 32-bit integers: ids, positions and masks inside the library. */
  int32: Int32Array;
  /** 64-bit integers: ids and masks as tokenizers give them. */
  int64: BigInt64Array;
  /** One byte a value, 0 or 1. */
  bool: Uint8Array;
}

/** The type of a tensor's values. */
export type TensorType = keyof TensorArrays;

/** Any of the typed arrays that can hold a tensor's values. */
export type TensorArray = TensorArrays[TensorType];

/** Nested arrays of numbers (bigint for int64, boolean for bool), as `tolist()` gives them. */
export type NestedArray = number | bigint | boolean | NestedArray[];

/** What a backend keeps of a tensor that it owns. */
export interface DeviceStorage {
  /** The values, while they are on the host and not given back. */
  readonly array?: TensorArray;
  /** How many operations have changed the values in place: what was read before is out of date. */
  writes?: number;
  /** A copy of integers that came from the host, so that they can be checked before kernels run. */
  readonly hostIntegers?: Int32Array;
  /** Runs what is recorded and copies the values to the host. */
  read(): Promise<TensorArray>;
  /** Gives the memory back. A second call does nothing. */
  dispose(): void;
}

/**
 * Values with a shape, row-major.
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
  /** The type of the values. */
  readonly type: Type;
  /** The length of each dimension, outermost first. */
  readonly dims: readonly number[];
  /** The number of values. */
  readonly size: number;
  #array: TensorArrays[Type] | undefined;
  #storage: DeviceStorage | undefined;
  #reading: Promise<TensorArray> | undefined;
  /** The storage's `writes` when the values were read. */
  #readAt = 0;

  /**
   * Makes a tensor of values on the host or of a backend's handle.
   *
   * @param type The type of the values.
   * @param data The values, row-major, or a backend's handle to them.
   * @param dims The length of each dimension; their product is the number of values.
   * @throws {TypeError} If `data` is of another type than `type` says, or `dims` is no array.
   * @throws {RangeError} If the dimensions are no whole numbers or do not fit the data.
   */
  constructor(type: Type, data: TensorArrays[Type] | DeviceStorage, dims: readonly number[]) {
    if (!Object.hasOwn(arrayTypes, type)) {
      throw new TypeError(
        `Cannot make a tensor of type ${String(type)}: wanted one of ${
          Object.keys(arrayTypes).join(", ")
        }`,
      );
    }
    if (!Array.isArray(dims)) {
      throw new TypeError(`Cannot make a tensor with dims ${String(dims)}: wanted an array`);
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
        `Cannot make a ${type} tensor from ${String(data)}: wanted a ${wanted.name}`,
      );
    }
  }

  /** The backend's handle, or undefined for a tensor that is on the host alone. */
  get storage(): DeviceStorage | undefined {
    return this.#storage;
  }

  /**
   * The values, if they are on the host.
   *
   * @throws {Error} If they are still with a backend: await {@linkcode getData} first.
   */
  get data(): TensorArrays[Type] {
    const array = this.#isCurrent ? this.#array : this.#storage!.array;
    if (array === undefined) {
      throw new Error(
        "Cannot read a tensor that is with its backend or was disposed: await getData() first, " +
          "then data and tolist() have the values",
      );
    }
    return array as TensorArrays[Type];
  }

  /**
   * Runs what the backend recorded for this tensor and gives its values.
   *
   * @returns The values, row-major; the same array at each call.
   * @throws {Error} If the tensor or its backend was disposed, or what was recorded failed.
   * @throws {RangeError} If float16 on the way could not hold the values.
   */
  async getData(): Promise<TensorArrays[Type]> {
    if (this.#isCurrent) return this.#array!;
    const storage = this.#storage!;
    const writes = storage.writes ?? 0;
    // Calls that come while values are read wait for the same reading; one that failed is tried again.
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
   * The values as nested arrays, one level a dimension; a single value for a tensor without any.
   *
   * @throws {Error} If the values are still with a backend: await {@linkcode getData} first.
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
   * The same values under other dimensions, without a copy: both tensors are given back together.
   *
   * @param dims The length of each dimension; the product stays the same.
   * @returns The tensor.
   * @throws {RangeError} If the product is another one.
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

  /** Called when an operation changes the values in place: they have to be read anew. */
  markWritten(): void {
    const storage = this.#storage;
    if (storage) storage.writes = (storage.writes ?? 0) + 1;
    this.#reading = undefined;
  }

  /** Gives a backend's memory back. Values that were read stay readable. */
  dispose(): void {
    this.#storage?.dispose();
  }

  /** Whether the values were read and not changed since. */
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
