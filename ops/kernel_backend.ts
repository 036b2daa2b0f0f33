/**
 * A backend whose operations are run by kernels.
 *
 * @module
 */
import { type DeviceStorage, Tensor } from "../tensor/tensor.ts";
import type { Calls } from "./backend.ts";
import * as operations from "./operations.ts";
import { defineOperations, OperationRunner, type Stored } from "./run.ts";

/**
 * A backend whose operations are run by kernels, which a subclass provides.
 *
 * @example A whole backend, with a kernel for one operation
 * ```ts
 * import type { DeviceStorage } from "@lsg/core";
 * import { KernelBackend, type MemoryUse, type Operand, type Stored } from "@lsg/core/ops";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * // Memory of a tensor: an array.
 * class ArrayStorage implements DeviceStorage {
 *   constructor(readonly values: Float32Array | Int32Array) {}
 *   read() {
 *     return Promise.resolve(this.values);
 *   }
 *   dispose() {}
 * }
 *
 * class ArrayBackend extends KernelBackend {
 *   readonly name = "cpu";
 *   readonly dtype = "fp32";
 *
 *   async settle() {}
 *   memory(): MemoryUse {
 *     return { tensors: 0, bytes: 0 }; // not counted
 *   }
 *   dispose() {}
 *
 *   protected store(_: Stored, dims: readonly number[], values?: Float32Array | Int32Array) {
 *     return new ArrayStorage(values ?? new Float32Array(dims.reduce((a, b) => a * b, 1)));
 *   }
 *   protected storeWeight(values: Float32Array) {
 *     return new ArrayStorage(values);
 *   }
 *   // What kernels get for an operand: its values, whatever its role.
 *   protected bind({ tensor }: Operand) {
 *     if (tensor.storage instanceof ArrayStorage) return tensor.storage.values;
 *     throw new TypeError("Cannot compute with a tensor that belongs to another backend");
 *   }
 *   protected launch(name: string, operands: Record<string, Float32Array>, result: Float32Array) {
 *     if (name !== "add") throw new TypeError(`Cannot run ${name}: it has no kernel`);
 *     const { x, y } = operands;
 *     result.set(x.map((value, i) => value + y[i % y.length]));
 *   }
 * }
 *
 * using backend = new ArrayBackend();
 * const x = backend.floats(new Float32Array([1, 2]), [1, 1, 2]);
 * assertEquals([...await backend.add(x, x).getData()], [2, 4]);
 * assertThrows(() => backend.multiply(x, x), TypeError, "Cannot run multiply");
 * ```
 */
export abstract class KernelBackend extends OperationRunner {
  /** Gives backends their methods; not as this file is loaded, so that it can be left out. */
  constructor() {
    super();
    defineOperations(KernelBackend.prototype, operations);
  }

  /** Makes a tensor of a storage. */
  protected tensor<Type extends Stored>(
    type: Type,
    storage: DeviceStorage,
    dims: readonly number[],
  ): Tensor<Type> {
    return new Tensor(type, storage, dims);
  }
}

/** The operations as methods. */
export interface KernelBackend extends Calls {}
