/**
 * A tensor's values on the CPU.
 *
 * @module
 */
import { HeldStorage } from "../tensor/held_storage.ts";
import type { DeviceStorage } from "../tensor/tensor.ts";
import type { QuantizedHeads, QuantizedWeights } from "./quantize.ts";

/** A typed array until it is disposed of. */
export class CpuStorage extends HeldStorage implements DeviceStorage {
  #array: Float32Array | Int32Array | undefined;
  /** Whether others may hold the array: the caller who gave it, or one who read it. */
  #isShared: boolean;
  /** The quantized form of the values, if they are quantized weights. */
  readonly quantized: QuantizedWeights | undefined;
  /** Keys or values in 8 bits, if a kernel has made such. */
  quantizedHeads: QuantizedHeads | undefined;
  readonly hostIntegers: Int32Array | undefined;
  readonly #all: Set<CpuStorage>;

  /**
   * Holds an array of floats, or a copy of an array of integers.
   *
   * @param all All storages of the backend, among them this one until it is disposed of.
   * @param values The values; absent if a kernel will make them.
   * @param quantized Their quantized form, if they are quantized weights.
   */
  constructor(
    all: Set<CpuStorage>,
    values?: Float32Array | Int32Array,
    quantized?: QuantizedWeights,
  ) {
    super();
    // Copied: the caller may change the array, and integers are checked only once.
    if (values instanceof Int32Array) this.hostIntegers = values.slice();
    this.#array = this.hostIntegers ?? values;
    this.#isShared = values !== undefined;
    this.quantized = quantized;
    this.#all = all;
    all.add(this);
  }

  /** Bytes in use. */
  get bytes(): number {
    const { values, steps } = this.quantized ?? this.quantizedHeads ?? {};
    return [this.#array, values, steps].reduce((sum, x) => sum + (x?.byteLength ?? 0), 0);
  }

  /** The values, which the reader may keep; undefined until a kernel made them, and after disposal. */
  get array(): Float32Array | Int32Array | undefined {
    this.#isShared = true;
    return this.#array;
  }

  /** Takes values that nobody else holds. */
  set array(values: Float32Array | Int32Array | undefined) {
    this.#array = values;
  }

  /**
   * The values as an operand of a kernel.
   *
   * @param isChanged Whether the kernel changes them: those that others hold are copied before.
   * @returns The values.
   * @throws {Error} If the tensor was disposed.
   */
  operand(isChanged: boolean): Float32Array | Int32Array {
    if (!this.#array) throw new Error("Cannot use a tensor that was disposed");
    if (isChanged && this.#isShared) {
      this.#array = this.#array.slice();
      this.#isShared = false;
    }
    return this.#array;
  }

  read(): Promise<Float32Array | Int32Array> {
    this.#isShared = true;
    return new Promise((resolve) => resolve(this.operand(false))); // rejects if it was disposed
  }

  protected free(): void {
    this.#all.delete(this);
    this.#array = undefined;
    this.quantizedHeads = undefined;
  }
}
