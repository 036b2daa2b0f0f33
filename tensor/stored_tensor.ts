/**
 * What a backend needs of tensors: type, dimensions and storage.
 *
 * @module
 */
import { showUnquoted, showValue } from "../base/show_value.ts";
import {
  ARRAY_TYPES,
  type TensorArray,
  type TensorArrays,
  type TensorType,
} from "./convert_values.ts";
import { assertDims, sizeOf } from "./tensor_shapes.ts";

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
 * Values with a shape, on the host or on a backend, without the methods that compute: `Tensor` has
 * these.
 *
 * @example A function that takes tensors of the host and of a backend
 * ```ts
 * import { AutoModel, type StoredTensor } from "@lsg/core";
 * import { assert, assertEquals } from "@std/assert";
 *
 * // The first value, wherever the tensor is.
 * async function first(tensor: StoredTensor<"float32">): Promise<number> {
 *   return (await tensor.getData())[0];
 * }
 * using model = await AutoModel.from_pretrained("ccdv/lsg-base-4096", { device: "wasm" });
 * const { last_hidden_state } = await model({ input_ids: [[0, 5, 6, 2]] });
 * assertEquals(last_hidden_state.size, 4 * model.config.hidden_size);
 * assert(Number.isFinite(await first(last_hidden_state)));
 * ```
 */
export class StoredTensor<Type extends TensorType = TensorType> {
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
   * @param data The values, row-major: the type's array, which is not copied; or a backend's storage.
   * @param dims Length of each dimension; their product is the number of values.
   * @throws {TypeError} If `data` does not match `type`, or `dims` is not an array.
   * @throws {RangeError} If the dimensions are not whole numbers or do not fit the data.
   */
  constructor(
    type: Type,
    data: TensorArrays[Type] | DeviceStorage,
    dims: readonly number[],
  ) {
    if (!Object.hasOwn(ARRAY_TYPES, type)) {
      throw new TypeError(
        `Cannot make a tensor of type ${showUnquoted(type)}: wanted one of ${
          Object.keys(ARRAY_TYPES).join(", ")
        }`,
      );
    }
    assertDims(dims);
    this.type = type;
    this.dims = Object.freeze([...dims]);
    this.size = sizeOf(dims);
    const wanted = ARRAY_TYPES[type];
    if (ArrayBuffer.isView(data)) {
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
    } else if (typeof (data as DeviceStorage)?.read === "function") {
      this.#storage = data as DeviceStorage;
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
   * Runs the operations recorded for this tensor and reads its values. If it is changed in place
   * before the promise resolves, they may be those before the change or after it.
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
   * Returns the same values with other dimensions, without a copy: disposing of one tensor disposes
   * of both.
   *
   * @param dims Length of each dimension; their product must stay the same.
   * @returns The tensor.
   * @throws {RangeError} If the product differs.
   */
  reshape(dims: readonly number[]): this {
    const Same = this.constructor as new (...given: readonly unknown[]) => this;
    const tensor = new Same(this.type, this.#storage ?? this.#array, dims);
    tensor.#array = this.#array;
    tensor.#readAt = this.#readAt;
    if (tensor.size !== this.size) {
      throw new RangeError(
        `Cannot reshape [${this.dims}] to [${dims}]: wanted ${this.size} values`,
      );
    }
    return tensor;
  }

  /** The values, to be changed; a backend's memory, which would differ from them, is released. */
  protected own(): TensorArrays[Type] {
    const { data } = this;
    this.dispose();
    this.#storage = undefined;
    this.#array = data;
    this.#readAt = 0;
    return data;
  }

  /** The values, if they were read and have not changed since. */
  protected get known(): TensorArrays[Type] | undefined {
    return this.#isCurrent ? this.#array : undefined;
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
