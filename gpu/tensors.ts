/**
 * Tensors of a machine.
 *
 * @module
 */
import type { Integers } from "../ops/backend.ts";
import { checkMask } from "../ops/checks.ts";
import { Tensor, type TensorArrays } from "../tensor/tensor.ts";
import { type ScopeResult, TensorScopes } from "../tensor/tensor_scope.ts";
import type { Machine } from "./machine/machine.ts";
import { GpuStorage, type Part } from "./machine/storage.ts";

/** Makes tensors, and finds the buffers of those that the machine has. */
export class Tensors {
  readonly #machine: Machine;
  readonly #scopes = new TensorScopes();

  /**
   * No tensor yet.
   *
   * @param machine Whose memory they are.
   */
  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /**
   * A tensor that an operation will fill.
   *
   * @param type What its values are.
   * @param dims Its dimensions.
   * @returns The tensor.
   * @throws {RangeError} If a row is larger than a binding.
   */
  make<Type extends "float32" | "int32">(type: Type, dims: readonly number[]): Tensor<Type> {
    return this.#track(type, new GpuStorage(this.#machine, type, dims), dims);
  }

  /**
   * A tensor with values.
   *
   * @param type What they are.
   * @param values The values.
   * @param dims Its dimensions.
   * @returns The tensor.
   * @throws {TypeError} If the array is of another type.
   * @throws {RangeError} If there are more or fewer values, one is too large for the stored type, or
   * a row is larger than a binding.
   */
  upload<Type extends "float32" | "int32">(
    type: Type,
    values: TensorArrays[Type],
    dims: readonly number[],
  ): Tensor<Type> {
    new Tensor<Type>(type, values, dims); // checks type and size before memory is taken
    return this.#track(type, new GpuStorage(this.#machine, type, dims, values), dims);
  }

  /** Runs `body` and gives back the tensors that it made but does not return; see backend.ts. */
  scope<Result extends ScopeResult>(body: () => Result): Result {
    return this.#scopes.run(body);
  }

  /**
   * The memory of a tensor.
   *
   * @param tensor The tensor.
   * @returns Its memory.
   * @throws {TypeError} If it belongs to another backend.
   */
  storage(tensor: Tensor): GpuStorage {
    const { storage } = tensor;
    if (storage instanceof GpuStorage && storage.machine === this.#machine) return storage;
    throw new TypeError("Cannot compute with a tensor that belongs to another backend");
  }

  /**
   * The buffer of a tensor.
   *
   * @param tensor The tensor.
   * @returns All its values, row-major.
   * @throws {TypeError} If it belongs to another backend.
   * @throws {RangeError} If it is larger than a binding.
   */
  buffer(tensor: Tensor): GPUBuffer {
    return this.storage(tensor).buffer;
  }

  /**
   * A tensor's parts as rows of a width.
   *
   * @param tensor The tensor.
   * @param rows How many rows.
   * @param width Values a row.
   * @returns The parts: one, unless the tensor is larger than a binding.
   * @throws {TypeError} If it belongs to another backend.
   * @throws {RangeError} If it was split into rows of another width.
   */
  parts(tensor: Tensor, rows: number, width: number): readonly Part[] {
    return this.storage(tensor).partsOf(rows, width);
  }

  /**
   * That a mask holds 0 and 1: what a kernel makes does, what comes from the host is checked.
   *
   * @param room Who asks, for the message.
   * @param name The parameter's name, for the message.
   * @param mask The mask.
   * @throws {RangeError} If it holds something else.
   */
  checkMask(room: string, name: string, mask: Integers): void {
    const storage = this.storage(mask);
    if (storage.isFromHost) checkMask(room, name, storage.hostIntegers, mask.dims);
  }

  /**
   * That indices name something: kernels do not check them, and all that they get are the host's.
   *
   * @param room Who asks, for the message.
   * @param indices The indices.
   * @param lowest The lowest that is allowed.
   * @param count One more than the highest.
   * @throws {TypeError} If a kernel made them.
   * @throws {RangeError} If one is out of range.
   */
  checkRange(room: string, indices: Integers, lowest: number, count: number): void {
    const values = this.storage(indices).hostIntegers;
    const at = values.findIndex((value) => value < lowest || value >= count);
    if (at === -1) return;
    throw new RangeError(
      `${room}: index ${values[at]} at place ${at}, wanted ${lowest} … ${count - 1}`,
    );
  }

  #track<Type extends "float32" | "int32">(
    type: Type,
    storage: GpuStorage,
    dims: readonly number[],
  ): Tensor<Type> {
    const tensor = new Tensor<Type>(type, storage, dims);
    this.#scopes.track(tensor);
    return tensor;
  }
}
