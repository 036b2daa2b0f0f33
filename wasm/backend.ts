/**
 * The WebAssembly backend: records operations, runs them on one thread or several.
 *
 * @module
 */
import { checkNames } from "../base/check_options.ts";
import { nextTask } from "../base/next_task.ts";
import type { MemoryLimits, MemoryUse, OperationName } from "../ops/backend.ts";
import type { Floats, HeldForm, Operand } from "../ops/operation.ts";
import { KernelBackend } from "../ops/kernel_backend.ts";
import { checkDataType, type DataType } from "../tensor/data_type.ts";
import type { QuantizedWeights } from "../tensor/quantized_layout.ts";
import type { DeviceStorage, Tensor } from "../tensor/tensor.ts";
import type { ScopeResult } from "../tensor/tensor_scope.ts";
import type { Context } from "./kernel.ts";
import { KERNELS } from "./kernels.ts";
import { WasmBytes } from "./machine/bytes.ts";
import { clear } from "./machine/clear.ts";
import { WasmHalves } from "./machine/halves.ts";
import type { Command } from "./machine/layout.ts";
import { Machine, type MachineOptions } from "./machine/machine.ts";
import { packedBytes } from "./machine/pack_weights.ts";
import type { Products } from "./machine/products.ts";
import { WasmStorage } from "./machine/storage.ts";
import { WasmWeight } from "./machine/weight.ts";

/** Options of the backend. */
export interface WasmOptions extends MachineOptions {
  /** The data type of weights; 32-bit floats if absent. */
  readonly dtype?: DataType;
}

const OPTIONS: readonly (keyof WasmOptions)[] = ["dtype", "threads", "build", "products"];

/** Records the calls of a kernel, for any operation. */
type Record = (
  operands: unknown,
  result: unknown,
  shape: unknown,
  context: Context,
) => readonly Command[];

/**
 * Backend that runs the operations as WebAssembly SIMD, on as many threads as the machine has
 * cores.
 *
 * @example One backend for several models
 * ```ts
 * import { WasmBackend } from "@lsg/core/wasm";
 * import { AutoModel } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = await WasmBackend.open({ threads: 2, dtype: "q8" });
 * const model = await AutoModel.from_pretrained("ccdv/lsg-base-4096", { device: backend });
 * const { last_hidden_state } = await model({ input_ids: [[0, 5, 6, 2]] });
 * assertEquals(last_hidden_state.dims, [1, 4, model.config.hidden_size]);
 * model.dispose();
 * ```
 */
export class WasmBackend extends KernelBackend {
  /** Name of the backend, as the option `device` accepts it. */
  readonly name = "wasm";
  /** The data type of weights. */
  readonly dtype: DataType;
  /** Weights in half precision are widened while they are packed. */
  override readonly readsHalves = true;
  readonly #machine: Machine;
  readonly #context: Context;
  /** Scratch memory of the operation that is being recorded. */
  #scratch: number[] = [];

  private constructor(machine: Machine, dtype: DataType) {
    super();
    this.#machine = machine;
    this.dtype = dtype;
    this.#context = {
      threads: machine.threads,
      allocate: (bytes) => {
        const address = machine.allocate(bytes, false);
        this.#scratch.push(address);
        return address;
      },
    };
  }

  /**
   * Opens the backend.
   *
   * @param options Threads, build, products and the data type of weights.
   * @returns The backend.
   * @throws {TypeError} If an option is unknown.
   * @throws {RangeError} If there are fewer than 1 thread, the data type is unknown, the engine lacks
   * WebAssembly SIMD, or the products are not exact on it.
   */
  static async open(given: WasmOptions = {}): Promise<WasmBackend> {
    const { dtype, ...options } = checkNames("Cannot open wasm", given, OPTIONS);
    const checked = checkDataType(dtype);
    return new WasmBackend(await Machine.open(options), checked);
  }

  /** Number of threads that run the operations. */
  get threads(): number {
    return this.#machine.threads;
  }

  /** How the integers of `dtype: "q8"` are multiplied. */
  get products(): Products {
    return this.#machine.products;
  }

  /** Runs `body` and forgets what it recorded if it fails. */
  override scope<Result extends ScopeResult>(body: () => Result): Result {
    const start = this.#machine.mark();
    try {
      return super.scope(body);
    } catch (error) {
      this.#machine.forget(start);
      throw error;
    }
  }

  /** Lets other tasks run, and runs what is recorded. */
  async settle(): Promise<void> {
    await this.#machine.run();
    await nextTask(); // one thread has run without giving way
  }

  /** The memory that the backend holds now. */
  memory(): MemoryUse {
    return this.#machine.memory();
  }

  /** The memory that the backend can hold: WebAssembly addresses 4 GB. */
  override get limits(): MemoryLimits {
    return this.#machine.limits;
  }

  /** Releases all memory; the backend cannot be used any more. */
  dispose(): void {
    this.#machine.dispose();
  }

  /** Memory for a tensor. */
  protected store(
    type: "float32" | "int32",
    dims: readonly number[],
    values?: Float32Array | Int32Array,
    held?: HeldForm,
  ): DeviceStorage {
    if (held === "halves") return new WasmHalves(this.#machine, dims);
    if (held) return new WasmBytes(this.#machine, dims, held);
    return new WasmStorage(this.#machine, type, dims, values);
  }

  /** Memory for weights in the data type of this backend. */
  protected storeWeight(
    values: Float32Array | Uint16Array | QuantizedWeights,
    dims: readonly number[],
  ): DeviceStorage {
    return new WasmWeight(this.#machine, this.dtype, dims, values);
  }

  /** Memory for zeros or values, packed if those of the tensor are. */
  protected override storeLike(tensor: Floats, values?: Float32Array): DeviceStorage {
    const { dims } = tensor;
    const storage = this.#storage(tensor);
    if (storage instanceof WasmWeight) {
      storage.expectFloats();
      return new WasmWeight(this.#machine, "fp32", dims, values);
    }
    const made = new WasmStorage(this.#machine, "float32", dims, values);
    if (!values) this.#machine.record([clear(made.address, made.bytes)]);
    return made;
  }

  /** The address of a tensor, or packed weights. */
  protected bind({ role, tensor }: Operand): unknown {
    const storage = this.#storage(tensor);
    const { dims } = tensor;
    if (storage instanceof WasmWeight) {
      if (role === "weight" || role === "table") return storage.packed(dims);
      if (role === "values" || role === "changed" || role === "result") {
        storage.expectFloats();
        const { address } = storage.packed(dims);
        return role === "result" ? address : { address, count: storage.bytes / 4, isPacked: true };
      }
      throw new TypeError(
        `Cannot use weights with dtype "${this.dtype}" here: wanted linear, feedForward or embed`,
      );
    }
    if (storage instanceof WasmHalves) {
      if (role === "result") return storage.address;
      if (role === "memory") return { address: storage.address, size: 2 };
      throw new TypeError("Cannot use halves here: wanted keys and values of attend");
    }
    if (storage instanceof WasmBytes) {
      if (role === "result") return storage.address;
      if (role === "memory") return { address: storage.address, size: 1 };
      throw new TypeError("Cannot use 8 bits here: wanted keys and values of attend");
    }
    if (role === "memory") return { address: storage.address, size: 4 };
    if (role === "values" || role === "changed") {
      return { address: storage.address, count: tensor.size, isPacked: false };
    }
    if (role === "table") return { address: storage.address, size: 0, bytes: storage.bytes };
    if (role === "weight") {
      const [outputs, inputs] = dims;
      const bytes = packedBytes(outputs, inputs);
      return { address: storage.packedWeights(outputs, inputs), size: 4, bytes };
    }
    return storage.address;
  }

  /** Records the calls of a kernel. */
  protected launch(name: OperationName, operands: unknown, result: unknown, shape: unknown): void {
    const record = KERNELS[name].record as Record;
    try {
      this.#machine.record(record(operands, result, shape, this.#context));
    } finally {
      // Operations that are recorded later may have it.
      this.#scratch.splice(0).forEach((address) => this.#machine.release(address));
    }
  }

  #storage({ storage }: Tensor): WasmStorage | WasmWeight | WasmHalves | WasmBytes {
    if (
      (storage instanceof WasmStorage || storage instanceof WasmWeight ||
        storage instanceof WasmHalves || storage instanceof WasmBytes) &&
      storage.machine === this.#machine
    ) return storage;
    throw new TypeError("Cannot compute with a tensor that belongs to another backend");
  }
}
