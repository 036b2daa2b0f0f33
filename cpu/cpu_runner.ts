/**
 * Runs operations immediately, in plain TypeScript.
 *
 * @module
 */
import { nextTask } from "../base/next_task.ts";
import type { MemoryUse, OperationName } from "../ops/backend.ts";
import { product } from "../ops/checks.ts";
import type { Floats, Operand } from "../ops/operation.ts";
import { OperationRunner, type Stored } from "../ops/run.ts";
import type { DataType } from "../tensor/data_type.ts";
import { StoredTensor } from "../tensor/stored_tensor.ts";
import type { DeviceStorage, Tensor } from "../tensor/tensor.ts";
import type { QuantizedHeads, QuantizedWeights } from "./quantize.ts";
import { CpuStorage } from "./storage.ts";

/** The kernels of some operations, by name. */
export type CpuKernels = Readonly<Record<string, unknown>>;

/**
 * Runs operations immediately, with float64 sums rounded to float32: those whose kernels it is
 * given, so that a page that needs few of them loads no others. {@linkcode CpuBackend} has all.
 *
 * @example A backend of one operation
 * ```ts
 * import { add, CpuRunner } from "@lsg/core/cpu";
 * import { add as addition } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using runner = new CpuRunner({ add });
 * const x = runner.floats(Float32Array.of(1, 2, 3, 4), [2, 1, 2]);
 * const y = runner.floats(Float32Array.of(10, 20), [1, 1, 2]);
 * assertEquals([...await runner.run(addition, x, y).getData()], [11, 22, 13, 24]);
 * ```
 */
export class CpuRunner extends OperationRunner {
  /** Name of the backend, as the option `device` accepts it. */
  readonly name = "cpu";
  /** The data type of weights. */
  readonly dtype: DataType;
  readonly #kernels: CpuKernels;
  readonly #storages = new Set<CpuStorage>();
  #isDisposed = false;

  /**
   * Puts a backend together.
   *
   * @param kernels The kernels of its operations, by the operation's name.
   * @param dtype The data type of weights.
   */
  constructor(kernels: CpuKernels, dtype: DataType = "fp32") {
    super();
    this.#kernels = kernels;
    this.dtype = dtype;
  }

  /** A tensor of zeros, for rows that are written in place. */
  override empty(dims: readonly number[]): Floats {
    return this.floats(new Float32Array(product(dims)), dims);
  }

  /** Lets other tasks run. */
  settle(): Promise<void> {
    return nextTask();
  }

  /** The memory that the backend holds now. */
  memory(): MemoryUse {
    const sizes = [...this.#storages].map(({ bytes }) => bytes);
    return { tensors: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0) };
  }

  /** Releases all memory; the backend cannot be used any more. */
  dispose(): void {
    this.#isDisposed = true;
    for (const storage of this.#storages) storage.destroy();
  }

  /** Makes a tensor of a storage; those of functions of arrays never come to users. */
  protected tensor<Type extends Stored>(
    type: Type,
    storage: DeviceStorage,
    dims: readonly number[],
  ): Tensor<Type> {
    return new StoredTensor(type, storage, dims) as unknown as Tensor<Type>;
  }

  /** Memory for a tensor. */
  protected store(
    _type: "float32" | "int32",
    _dims: readonly number[],
    values?: Float32Array | Int32Array,
  ): DeviceStorage {
    return this.keep(values);
  }

  /** Memory for weights. */
  protected storeWeight(
    values: Float32Array | QuantizedWeights,
    _dims: readonly number[],
  ): DeviceStorage {
    return this.keep(values as Float32Array); // integers are weights of the dtype "q8" alone
  }

  /** The array of a tensor, the integers of quantized weights, or the storage of a result. */
  protected bind({ role, tensor }: Operand): unknown {
    const { storage } = tensor;
    if (!(storage instanceof CpuStorage)) {
      throw new TypeError("Cannot compute with a tensor that belongs to another backend");
    }
    if (role === "result") return storage;
    const isChanged = role === "target" || role === "changed";
    if (isChanged && storage.quantized) {
      throw new TypeError("Cannot change quantized weights in place");
    }
    const values = storage.operand(isChanged); // throws if disposed, quantized weights too
    if (role === "memory") return storage.quantizedHeads ?? values;
    const { quantized } = storage;
    if (role !== "weight" || !quantized) return values;
    const [outputs, inputs] = tensor.dims;
    if (inputs === quantized.inputs) return quantized;
    const shape = `[${outputs * inputs / quantized.inputs},${quantized.inputs}]`;
    throw new TypeError(`Cannot use weights of shape ${shape} as [${outputs},${inputs}]`);
  }

  /** Runs a kernel at once. */
  protected launch(name: OperationName, operands: unknown, result: unknown, shape: unknown): void {
    const kernel = this.#kernels[name] as (operands: unknown, shape: unknown) => unknown;
    fill(kernel(operands, shape), result);
  }

  /** Keeps values, and the integers that they were quantized to. */
  protected keep(values?: Float32Array | Int32Array, quantized?: QuantizedWeights): DeviceStorage {
    if (this.#isDisposed) throw new Error("Cannot make a tensor: the cpu backend was disposed");
    return new CpuStorage(this.#storages, values, quantized);
  }
}

/** Stores the arrays that a kernel returns in the storages of its result. */
function fill(made: unknown, result: unknown): void {
  if (result instanceof CpuStorage) {
    if (isQuantized(made)) result.quantizedHeads = made;
    result.array = isQuantized(made) ? made.floats : made as Float32Array | Int32Array;
  } else Object.keys(result ?? {}).forEach((name) => fill(at(made, name), at(result, name)));
}

function isQuantized(made: unknown): made is QuantizedHeads {
  return typeof made === "object" && made !== null && "steps" in made;
}

function at(value: unknown, name: string): unknown {
  return (value as Record<string, unknown>)[name];
}
