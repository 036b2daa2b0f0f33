/**
 * A backend that computes nothing and counts memory.
 *
 * @module
 */
import type { Backend, BackendName, DataType, MemoryUse } from "../ops/backend.ts";
import { KernelBackend } from "../ops/kernel_backend.ts";
import type { Stored } from "../ops/run.ts";
import { HeldStorage } from "../tensor/held_storage.ts";
import type { DeviceStorage, TensorArrays } from "../tensor/tensor.ts";

/** What is counted. */
interface Count {
  bytes: number;
  tensors: number;
  /** The most bytes at once. */
  highest: number;
  /** Bytes of the largest tensor. */
  largest: number;
}

/** The size of a tensor that was never made. */
class MeasuredStorage extends HeldStorage implements DeviceStorage {
  readonly hostIntegers: Int32Array | undefined;
  readonly #count: Count;
  readonly #size: number;
  readonly #type: Stored;
  #isFree = false;

  constructor(count: Count, type: Stored, size: number, values?: TensorArrays[Stored]) {
    super();
    this.#count = count;
    this.#size = size;
    this.#type = type;
    if (values instanceof Int32Array) this.hostIntegers = values.slice();
    count.tensors++;
    count.bytes += 4 * size;
    count.highest = Math.max(count.highest, count.bytes);
    count.largest = Math.max(count.largest, 4 * size);
  }

  /** No values, as none are computed: as many zeros may be more than there is memory. */
  read(): Promise<TensorArrays[Stored]> {
    return Promise.resolve(this.#type === "int32" ? new Int32Array() : new Float32Array());
  }

  protected free(): void {
    if (this.#isFree) return;
    this.#isFree = true;
    this.#count.tensors--;
    this.#count.bytes -= 4 * this.#size;
  }
}

/**
 * Runs a model as another backend would, up to its kernels: tensors have sizes and no values. It takes
 * the other backend's tensors as operands, and counts those alone that it makes.
 */
export class MeasuringBackend extends KernelBackend {
  readonly name: BackendName;
  readonly dtype: DataType;
  readonly #count: Count = { bytes: 0, tensors: 0, highest: 0, largest: 0 };

  /**
   * Starts without tensors.
   *
   * @param backend The backend that it stands for.
   */
  constructor({ name, dtype }: Pick<Backend, "name" | "dtype">) {
    super();
    this.name = name;
    this.dtype = dtype;
  }

  /** Most bytes of all tensors at once, and of one. */
  get most(): Readonly<Pick<Count, "highest" | "largest">> {
    return this.#count;
  }

  /** Does nothing. */
  settle(): Promise<void> {
    return Promise.resolve();
  }

  /** Tensors that are there now. */
  memory(): MemoryUse {
    return { tensors: this.#count.tensors, bytes: this.#count.bytes };
  }

  /** Does nothing. */
  dispose(): void {}

  /** A tensor of that size; training holds no floats in half precision. */
  protected override store(
    type: Stored,
    dims: readonly number[],
    values?: TensorArrays[Stored],
  ): DeviceStorage {
    return new MeasuredStorage(this.#count, type, dims.reduce((a, b) => a * b, 1), values);
  }

  /** Weights of that size. */
  protected override storeWeight(_values: Float32Array, dims: readonly number[]): DeviceStorage {
    return this.store("float32", dims);
  }

  /** Nothing: there are no kernels. */
  protected override bind(): void {}

  /** Nothing: there are no kernels. */
  protected override launch(): void {}
}
