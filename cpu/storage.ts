/**
 * A tensor's values on the CPU.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import type { DeviceStorage } from "../tensor/tensor.ts";
import type { CpuWeight } from "./linear.ts";
import type { QuantizedWeights } from "./quantize.ts";

/** A typed array until it is given back. */
export class CpuStorage implements DeviceStorage {
  /** The integers that the array's values stand for. */
  readonly quantized: QuantizedWeights | undefined;
  readonly #all: Set<CpuStorage>;
  #array: Float32Array | Int32Array | undefined;

  /**
   * Holds an array, not a copy of it.
   *
   * @param all What a backend holds; this is among it until it is given back.
   * @param array The values.
   * @param quantized The integers that they stand for, if they are quantized weights.
   */
  constructor(
    all: Set<CpuStorage>,
    array: Float32Array | Int32Array,
    quantized?: QuantizedWeights,
  ) {
    this.quantized = quantized;
    this.#all = all;
    this.#array = array;
    all.add(this);
  }

  get array(): Float32Array | Int32Array | undefined {
    return this.#array;
  }

  /** Bytes in use. */
  get bytes(): number {
    const { values, steps } = this.quantized ?? {};
    return [this.#array, values, steps].reduce((sum, x) => sum + (x?.byteLength ?? 0), 0);
  }

  read(): Promise<Float32Array | Int32Array> {
    if (this.#array) return Promise.resolve(this.#array);
    return Promise.reject(new Error("Cannot read a tensor that was disposed"));
  }

  dispose(): void {
    this.#all.delete(this);
    this.#array = undefined;
  }
}

/**
 * What a linear layer multiplies by.
 *
 * @param weight `[outputs, inputs]`.
 * @returns Its integers if it has any, else its values.
 */
export function weightOf({ data, storage }: Floats): CpuWeight {
  return storage instanceof CpuStorage && storage.quantized || data;
}
