/**
 * Tensors of a machine.
 *
 * @module
 */
import type { DataType, Floats, Integers } from "../ops/backend.ts";
import { checkMask } from "../ops/checks.ts";
import { Tensor, type TensorArrays } from "../tensor/tensor.ts";
import { type ScopeResult, TensorScopes } from "../tensor/tensor_scope.ts";
import type { Machine } from "./machine/machine.ts";
import { WasmStorage } from "./machine/storage.ts";
import { type Packed, WasmWeight } from "./machine/weight.ts";

/** Makes tensors, and finds the memory of those that the machine has. */
export class Tensors {
  readonly #machine: Machine;
  readonly #dtype: DataType;
  readonly #scopes = new TensorScopes();

  /**
   * No tensor yet.
   *
   * @param machine Whose memory they are.
   * @param dtype In which form weights are held.
   */
  constructor(machine: Machine, dtype: DataType) {
    this.#machine = machine;
    this.#dtype = dtype;
  }

  /**
   * A tensor that an operation will fill.
   *
   * @param type What its values are.
   * @param dims Its dimensions.
   * @returns The tensor.
   * @throws {RangeError} If there is no memory for it.
   */
  make<Type extends "float32" | "int32">(type: Type, dims: readonly number[]): Tensor<Type> {
    return this.#track(type, new WasmStorage(this.#machine, type, dims), dims);
  }

  /**
   * A tensor with values.
   *
   * @param type What they are.
   * @param values The values.
   * @param dims Its dimensions.
   * @returns The tensor.
   * @throws {TypeError} If the array is of another type.
   * @throws {RangeError} If there are more or fewer values, or there is no memory for them.
   */
  upload<Type extends "float32" | "int32">(
    type: Type,
    values: TensorArrays[Type],
    dims: readonly number[],
  ): Tensor<Type> {
    new Tensor<Type>(type, values, dims); // checks type and size before memory is taken
    return this.#track(type, new WasmStorage(this.#machine, type, dims, values), dims);
  }

  /**
   * Weights or a table, packed.
   *
   * @param values The values.
   * @param dims `[outputs, inputs]`.
   * @returns The tensor.
   * @throws {TypeError} If the array is of another type.
   * @throws {RangeError} If there are more or fewer values, one does not fit the form of weights, or
   * there is no memory for them.
   */
  weight(values: Float32Array, dims: readonly number[]): Floats {
    new Tensor("float32", values, dims); // checks type and size before memory is taken
    return this.#track("float32", new WasmWeight(this.#machine, this.#dtype, values, dims), dims);
  }

  /** Runs `body` and gives back the tensors that it made but does not return; see backend.ts. */
  scope<Result extends ScopeResult>(body: () => Result): Result {
    return this.#scopes.run(body);
  }

  /**
   * Where a tensor is.
   *
   * @param tensor The tensor.
   * @returns The address of its values, row-major.
   * @throws {TypeError} If it belongs to another backend, or holds packed weights.
   */
  address(tensor: Tensor): number {
    return this.#storage(tensor).address;
  }

  /**
   * What a linear layer multiplies by.
   *
   * @param weight `[outputs, inputs]`.
   * @returns The tensor as it is, if it came as weights; else a packed copy, made by an operation.
   * @throws {TypeError} If it belongs to another backend, or was packed in another shape.
   */
  packed(weight: Floats): Packed {
    const [outputs, inputs] = weight.dims;
    return this.#packedWeight(weight) ??
      { address: this.#storage(weight).packedWeights(outputs, inputs), size: 4 };
  }

  /**
   * What an embedding looks up in.
   *
   * @param table `[rows, width]`.
   * @returns Where it is, and the bytes of a packed value or 0 for plain rows.
   * @throws {TypeError} If it belongs to another backend, or was packed in another shape.
   */
  table(table: Floats): { readonly address: number; readonly size: Packed["size"] | 0 } {
    return this.#packedWeight(table) ?? { address: this.address(table), size: 0 };
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
    const storage = this.#storage(mask);
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
    const values = this.#storage(indices).hostIntegers;
    const at = values.findIndex((value) => value < lowest || value >= count);
    if (at === -1) return;
    throw new RangeError(
      `${room}: index ${values[at]} at place ${at}, wanted ${lowest} … ${count - 1}`,
    );
  }

  #storage(tensor: Tensor): WasmStorage {
    const { storage } = tensor;
    if (storage instanceof WasmStorage && storage.machine === this.#machine) return storage;
    if (storage instanceof WasmWeight && storage.machine === this.#machine) {
      throw new TypeError(
        `Cannot use weights with dtype "${this.#dtype}" here: wanted linear, feedForward or embed`,
      );
    }
    throw new TypeError("Cannot compute with a tensor that belongs to another backend");
  }

  /** Where weights are, if these came as such. */
  #packedWeight({ storage, dims }: Floats): Packed | undefined {
    if (!(storage instanceof WasmWeight) || storage.machine !== this.#machine) return undefined;
    return storage.packed(dims);
  }

  #track<Type extends "float32" | "int32">(
    type: Type,
    storage: WasmStorage | WasmWeight,
    dims: readonly number[],
  ): Tensor<Type> {
    const tensor = new Tensor<Type>(type, storage, dims);
    this.#scopes.track(tensor);
    return tensor;
  }
}
