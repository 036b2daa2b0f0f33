/**
 * The WebGPU backend: records operations, runs them on a graphics processor.
 *
 * @module
 */
import { checkNames } from "../base/check_options.ts";
import type { MemoryLimits, MemoryUse, OperationName } from "../ops/backend.ts";
import type { Floats, HeldForm, Operand } from "../ops/operation.ts";
import { KernelBackend } from "../ops/kernel_backend.ts";
import { checkLargest } from "../tensor/data_type.ts";
import type { QuantizedWeights } from "../tensor/quantized_layout.ts";
import { HeldStorage } from "../tensor/held_storage.ts";
import type { DeviceStorage } from "../tensor/tensor.ts";
import type { Context } from "./kernel.ts";
import { kernelOf, KERNELS } from "./kernels.ts";
import type { Command } from "./machine/commands.ts";
import type { DeviceOptions, GpuDataType } from "./machine/device.ts";
import { type GpuCounts, Machine } from "./machine/machine.ts";
import { GpuStorage, type LateCall } from "./machine/storage.ts";
import type { QuantizedWeight } from "./quantized_weight.ts";

/** Names of the options. */
const OPTIONS = [
  "dtype",
  "largestBinding",
  "isEmulated",
  "workgroupBytes",
] as const satisfies readonly (keyof DeviceOptions)[];

/** A kernel, for any operation. */
type AnyKernel = (
  operands: unknown,
  result: unknown,
  shape: unknown,
  context: Context,
) => Command[];

/** A kernel that is imported when it is first used, for any operation. */
interface AnyLateKernel {
  readonly kernel: AnyKernel | undefined;
  load(): Promise<AnyKernel>;
}

/**
 * Backend that runs the operations on a graphics processor, in Deno and in browsers.
 *
 * @example
 * ```ts
 * import { GpuBackend, NoAdapterError } from "@lsg/core/gpu";
 * import { AutoModel } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * try {
 *   using backend = await GpuBackend.open();
 *   using model = await AutoModel.from_pretrained("ccdv/lsg-base-4096", { device: backend });
 *   const { last_hidden_state } = await model({ input_ids: [[0, 5, 6, 2]] });
 *   assertEquals(last_hidden_state.dims, [1, 4, model.config.hidden_size]);
 * } catch (error) {
 *   if (!(error instanceof NoAdapterError)) throw error;
 *   console.warn("This machine has no graphics processor that WebGPU can use");
 * }
 * ```
 */
export class GpuBackend extends KernelBackend {
  /** Name of the backend, as the option `device` accepts it. */
  readonly name = "webgpu";
  readonly #machine: Machine;
  /** What the data type "q8" needs. */
  readonly #quantized: typeof import("./quantized_kernels.ts") | undefined;

  private constructor(
    machine: Machine,
    quantized: typeof import("./quantized_kernels.ts") | undefined,
  ) {
    super();
    this.#machine = machine;
    this.#quantized = quantized;
  }

  /**
   * Opens the backend.
   *
   * @param options Data type of stored values and sizes of buffers.
   * @returns The backend.
   * @throws {TypeError} If an option is unknown.
   * @throws {NoAdapterError} If there is no graphics processor that WebGPU can use.
   * @throws {RangeError} If the adapter does not support the data type.
   */
  static async open(options: DeviceOptions = {}): Promise<GpuBackend> {
    const backend = await GpuBackend.openSmall(options);
    try {
      await Promise.all(Object.values(KERNELS).map((kernel) => "load" in kernel && kernel.load()));
    } catch (error) {
      backend.dispose();
      throw error;
    }
    return backend;
  }

  /**
   * Opens the backend without the kernels that few models use: each is imported when an operation
   * that it runs has been recorded.
   *
   * @param options Data type of stored values and sizes of buffers.
   * @returns The backend.
   * @throws {TypeError} If an option is unknown.
   * @throws {NoAdapterError} If there is no graphics processor that WebGPU can use.
   * @throws {RangeError} If the adapter does not support the data type.
   */
  static async openSmall(options: DeviceOptions = {}): Promise<GpuBackend> {
    const machine = await Machine.open(checkNames("Cannot open webgpu", options, OPTIONS));
    const isQuantized = machine.dtype === "q8";
    return new GpuBackend(
      machine,
      isQuantized ? await import("./quantized_kernels.ts") : undefined,
    );
  }

  /** The data type of weights and activations. */
  get dtype(): GpuDataType {
    return this.#machine.dtype;
  }

  /** Numbers of launches, submissions and read-backs so far. */
  get counts(): GpuCounts {
    return this.#machine.counts;
  }

  /**
   * Allocates nothing: WebGPU reports a lack of memory asynchronously, so a reservation would only
   * use memory.
   */
  override reserve(dims: readonly number[]): Floats {
    return super.reserve([0, ...dims.slice(1)]);
  }

  /** Lets other tasks run, and submits what is recorded if that fills a submission. */
  settle(): Promise<void> {
    return this.#machine.settle();
  }

  /** The memory that the backend holds now. */
  memory(): MemoryUse {
    return this.#machine.memory();
  }

  /** The memory that the backend can hold: how much in all is not known, but what a kernel binds. */
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
    if (held === "halves" && this.dtype !== "fp16") {
      throw new RangeError(
        `Cannot hold keys and values in half precision on webgpu with dtype "${this.dtype}": ` +
          'wanted "fp16"',
      );
    }
    return new GpuStorage(this.#machine, type, dims, values);
  }

  /** Memory for weights in the data type of this backend. */
  protected storeWeight(
    values: Float32Array | QuantizedWeights,
    dims: readonly number[],
  ): DeviceStorage {
    if (!(values instanceof Float32Array)) {
      // The runner has checked the data type.
      return new this.#quantized!.QuantizedWeight(this.#machine, values, dims);
    }
    if (this.dtype !== "fp32") {
      checkLargest(this.dtype, values.reduce((size, value) => Math.max(size, Math.abs(value)), 0));
    }
    if (this.#quantized) return new this.#quantized.QuantizedWeight(this.#machine, values, dims);
    return this.store("float32", dims, values);
  }

  /** The buffers of a tensor. */
  protected bind({ role, tensor: { storage } }: Operand): unknown {
    if (this.#isQuantized(storage)) {
      storage.assertAlive();
      if (role === "weight" || role === "table") return storage;
      throw new TypeError(
        'Cannot use weights with dtype "q8" here: wanted linear, feedForward or embed',
      );
    }
    if (storage instanceof GpuStorage && storage.machine === this.#machine) {
      storage.assertAlive();
      return storage;
    }
    throw new TypeError("Cannot compute with a tensor that belongs to another backend");
  }

  /** Records the calls of a kernel. */
  protected launch(name: OperationName, operands: unknown, result: unknown, shape: unknown): void {
    const { buffers } = this.#machine;
    const own = (this.#quantized?.QUANTIZED_KERNELS as Record<string, unknown> | undefined)?.[name];
    const known = (own ?? kernelOf(name, shape)) as AnyKernel | AnyLateKernel;
    const operandsHeld = storagesIn(operands);
    if (!own && operandsHeld.some((storage) => this.#isQuantized(storage))) {
      throw new TypeError(
        `Cannot use weights with dtype "q8" in ${name}: wanted linear, feedForward or embed`,
      );
    }
    const call = (kernel: AnyKernel, isLate: boolean) =>
      buffers.withScratch(
        (allocate) => kernel(operands, result, shape, { allocate, ...this.#machine.traits }),
        isLate,
      );
    const kernel = "load" in known ? known.kernel : known;
    const made = storagesIn(result);
    if (kernel) {
      this.#machine.record(...call(kernel, false));
      return follow(operandsHeld, made);
    }
    // What it works on stays until it is imported, whatever is disposed of meanwhile.
    const held = [...operandsHeld, ...made];
    held.forEach((storage) => storage.retain());
    const loading = (known as AnyLateKernel).load();
    loading.catch(() => {}); // running the list throws it
    const late: LateCall = { isDone: false };
    follow(operandsHeld, made, late);
    this.#machine.record({
      make: () =>
        loading.then((kernel) => {
          try {
            operandsHeld.forEach((storage) => storage.assertAlive());
            const commands = call(kernel, true);
            late.isDone = true;
            return commands;
          } catch (error) {
            // A wrong size: what comes from the call fails with it, the backend lives on.
            late.error = error as Error;
            return [];
          }
        }).finally(() => held.forEach((storage) => storage.release())),
    });
  }

  #isQuantized(storage: unknown): storage is QuantizedWeight {
    const { QuantizedWeight } = this.#quantized ?? {};
    return !!QuantizedWeight && storage instanceof QuantizedWeight &&
      storage.machine === this.#machine;
  }
}

/** What a call may read or write. */
type GpuHeld = GpuStorage | QuantizedWeight;

/**
 * Notes that what an operation writes comes from the late calls that its operands come from; from
 * itself alone, if it is late, as it is refused with its operands. An operation without results
 * changes operands.
 */
function follow(operands: readonly GpuHeld[], made: readonly GpuHeld[], late?: LateCall): void {
  const before = late
    ? [late]
    : operands.flatMap(({ calls }) => [...calls].filter(({ isDone }) => !isDone));
  const written = made.length > 0 ? made : operands.filter(({ writes }) => writes);
  for (const { calls } of written) before.forEach((call) => calls.add(call));
}

/** Lists the storages in nested lists and objects. */
function storagesIn(value: unknown): GpuHeld[] {
  if (value instanceof HeldStorage) return [value as GpuHeld];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(storagesIn);
}
