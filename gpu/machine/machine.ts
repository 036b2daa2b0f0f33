/**
 * A graphics processor with kernels, buffers and a list of recorded operations.
 *
 * @module
 */
import type { MemoryLimits, MemoryUse } from "../../ops/backend.ts";
import { checkDataType } from "../../tensor/data_type.ts";
import { Buffers } from "./buffers.ts";
import { type Command, type LateCommands, MOST_WORK } from "./commands.ts";
import { type DeviceOptions, type GpuDataType, openDevice, type Traits } from "./device.ts";
import { caught, deviceLost } from "./errors.ts";
import { Pipelines } from "./pipelines.ts";

/** Most operations of a submission. */
const MOST_COMMANDS = 128;

/** Multiply-adds that are submitted while others are being recorded. */
const ENOUGH_WORK = 2 ** 33;

/** Bytes that wait for the operations that use them. */
const MOST_STAGED = 2 ** 26;

/** The first bytes of a buffer that the host wants to read. */
interface Wanted {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

/** A submission. */
interface Submission {
  /** Resolves when error scopes are checked; rejects with the error that they caught. */
  readonly checked: Promise<void>;
  /** Copies of the wanted buffers, which the host can map. */
  readonly copies: readonly GPUBuffer[];
}

/** An owner of memory of a machine. */
export interface Held {
  /** Bytes in use. */
  readonly bytes: number;
  /** Frees them. */
  destroy(): void;
}

/** Counts of the work done, for inspection. */
export interface GpuCounts {
  /** Kernels that were launched. */
  readonly launches: number;
  /** Command buffers that were submitted. */
  readonly submissions: number;
  /** Tensors that were read back. */
  readonly readBacks: number;
}

/** Records operations and runs them. */
export class Machine {
  /** Device that runs the kernels. */
  readonly device: GPUDevice;
  /** Data type of stored values. */
  readonly dtype: GpuDataType;
  /** The pool of buffers. */
  readonly buffers: Buffers;
  /** What kernels need to know of the device. */
  readonly traits: Traits;
  /** Tensors that have memory. */
  readonly storages: Set<Held> = new Set();
  readonly #pipelines: Pipelines;
  readonly #waiting = new Set<(error: Error) => void>();
  readonly #counts = { launches: 0, submissions: 0, readBacks: 0 };
  #commands: (Command | LateCommands)[] = [];
  /** Number of lists that wait for their submission. */
  #waitingLists = 0;
  #running: Promise<void> = Promise.resolve();
  #arguments: GPUBuffer | undefined;
  #failure: Error | undefined;
  #staged = 0;

  private constructor(device: GPUDevice, dtype: GpuDataType, options: DeviceOptions) {
    const { largestBinding = Infinity } = options;
    const { maxComputeWorkgroupStorageSize } = device.limits;
    this.device = device;
    this.dtype = dtype;
    this.traits = {
      isEmulated: options.isEmulated ?? !!device.adapterInfo?.isFallbackAdapter,
      floatBytes: dtype === "fp16" ? 2 : 4,
      workgroupBytes: Math.min(options.workgroupBytes ?? Infinity, maxComputeWorkgroupStorageSize),
    };
    this.buffers = new Buffers(device, largestBinding, (error) => this.#fail(error));
    this.#pipelines = new Pipelines(device, dtype);
    device.lost.then(({ message }) => this.#fail(deviceLost(message)));
  }

  /**
   * Opens a machine.
   *
   * @param options Data type of stored values and sizes of buffers.
   * @returns The machine.
   * @throws {NoAdapterError} If there is no adapter.
   * @throws {RangeError} If the adapter does not support the data type.
   */
  static async open(options: DeviceOptions): Promise<Machine> {
    const stored = checkDataType(options.dtype);
    return new Machine(await openDevice(stored), stored, options);
  }

  /** Counts of the work done so far. */
  get counts(): GpuCounts {
    return { ...this.#counts };
  }

  /** Number of compiled kernels, one for each set of override constants. */
  get pipelines(): number {
    return this.#pipelines.size;
  }

  /** Allocates memory; see {@linkcode Buffers.allocate}. */
  allocate(bytes: number, isWrittenNow: boolean): GPUBuffer {
    this.assertWorks();
    return this.buffers.allocate(bytes, isWrittenNow);
  }

  /** Copies values into a buffer. */
  write(buffer: GPUBuffer, values: Float32Array | Int32Array | Uint16Array | Int8Array): void {
    if (values.length === 0) return; // Deno 2.9 panics on an empty write
    // Queues write whole words only.
    const words = new Uint8Array(Math.ceil(values.byteLength / 4) * 4);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const whole = bytes.length % 4 === 0 ? bytes : (words.set(bytes), words);
    this.device.queue.writeBuffer(buffer, 0, whole as Uint8Array<ArrayBuffer>);
  }

  /**
   * Uploads values for one operation; what many have uploaded is submitted, so that memory is free
   * for those of others.
   *
   * @param values The values.
   * @param use Makes the operation, of a buffer that holds them.
   */
  stage(values: Float32Array, use: (buffer: GPUBuffer) => Command): void {
    const buffer = this.allocate(values.byteLength, true);
    this.write(buffer, values);
    this.record(use(buffer));
    this.buffers.release(buffer);
    this.#staged += values.byteLength;
    if (this.#staged < MOST_STAGED) return;
    this.#staged = 0;
    this.#submit([]).catch(() => {}); // `#failure` keeps the error
  }

  /** Adds operations to the list; those without a workgroup do nothing. */
  record(...commands: readonly (Command | LateCommands)[]): void {
    this.assertWorks();
    this.#commands.push(...commands.filter(isNeeded));
  }

  /**
   * Yields to other tasks, and submits the recorded operations if they are many or take long. Does
   * not wait for them to finish.
   *
   * @throws {GpuError} If a kernel does not compile or the device is lost.
   */
  async settle(): Promise<void> {
    this.assertWorks();
    const isMuch = this.#commands.length >= MOST_COMMANDS || workOf(this.#commands) >= ENOUGH_WORK;
    if (isMuch) await this.#submit([]);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /**
   * Runs what was recorded and copies buffers to the host, all in one submission if it is short.
   *
   * @param parts Buffers and the number of wanted bytes of each.
   * @returns Their bytes.
   * @throws {GpuError} If a kernel does not compile, memory runs out or the device is lost.
   */
  async read(parts: readonly Wanted[]): Promise<ArrayBuffer[]> {
    this.assertWorks();
    this.#counts.readBacks++;
    const { checked, copies } = await this.#submit(parts);
    try {
      await this.#orFailure(checked);
      await this.#orFailure(Promise.all(copies.map((copy) => copy.mapAsync(GPUMapMode.READ))));
      this.assertWorks();
      return copies.map((copy, i) => copy.getMappedRange().slice(0, parts[i].bytes));
    } finally {
      copies.forEach((copy) => copy.destroy());
    }
  }

  /** The memory that tensors can have. */
  get limits(): MemoryLimits {
    return { bytes: Infinity, tensorBytes: this.buffers.largest };
  }

  /** The memory in use. */
  memory(): MemoryUse {
    const sizes = [...this.storages].map(({ bytes }) => bytes);
    return { tensors: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0) };
  }

  /** Releases all memory. */
  dispose(): void {
    this.#fail(new Error("Cannot compute: the webgpu backend was disposed"));
    for (const storage of this.storages) storage.destroy();
    this.buffers.dispose();
    this.#arguments?.destroy();
    this.device.destroy();
  }

  /**
   * Asserts that nothing has failed.
   *
   * @throws {Error} The first failure, which may be that the backend was disposed.
   */
  assertWorks(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Submits the recorded operations, after the lists that were submitted before. */
  #submit(parts: readonly Wanted[]): Promise<Submission> {
    const commands = this.#commands;
    this.#commands = [];
    this.#waitingLists++;
    const submission = this.#running.then(() => this.#submitNow(commands, parts));
    this.#running = submission.then(() => {}, () => {}); // `#failure` keeps the error
    return submission;
  }

  async #submitNow(
    recorded: readonly (Command | LateCommands)[],
    parts: readonly Wanted[],
  ): Promise<Submission> {
    const lists: (readonly Command[])[] = [];
    // In order: a late call is refused with those that its operands come from.
    for (const entry of recorded) {
      lists.push("make" in entry ? await this.#orFailure(entry.make()) : [entry]);
    }
    const commands = lists.flat().filter(isNeeded);
    const pipelines = await this.#orFailure(
      Promise.all(commands.map(({ kernel, constants }) => this.#pipelines.get(kernel, constants))),
    );
    this.assertWorks();
    this.#waitingLists--;
    const { device } = this;
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const copies = parts.map(({ bytes }) =>
      device.createBuffer({ size: Math.max(4, Math.ceil(bytes / 4) * 4), usage })
    );
    for (let start = 0, end = 0; start < commands.length || start === 0; start = end) {
      end = endOfSubmission(commands, start);
      const encoder = device.createCommandEncoder();
      this.#encode(encoder, commands.slice(start, end), pipelines.slice(start, end));
      if (end >= commands.length) {
        copies.forEach((copy, i) =>
          encoder.copyBufferToBuffer(parts[i].buffer, 0, copy, 0, copy.size)
        );
      }
      device.queue.submit([encoder.finish()]);
      this.#counts.submissions++;
    }
    const scopes = [device.popErrorScope(), device.popErrorScope()];
    this.#counts.launches += commands.length;
    // Operations that were recorded meanwhile may use released buffers, so these are not settled
    // yet.
    if (this.#commands.length === 0 && this.#waitingLists === 0) this.buffers.settle();
    if (copies.length > 0 && commands.length > 0) this.buffers.trim();
    const checked = Promise.all(scopes).then(([validation, memory]) => {
      // A buffer that could not be allocated makes its uses invalid, too.
      const error = memory ?? validation;
      if (error) throw this.#fail(caught(error, "run the recorded operations"));
    });
    checked.catch(() => {}); // `#failure` keeps the error
    return { checked, copies };
  }

  #encode(
    encoder: GPUCommandEncoder,
    commands: readonly Command[],
    pipelines: readonly GPUComputePipeline[],
  ): void {
    if (commands.length === 0) return;
    const { device } = this;
    const words = this.#writeWords(commands);
    const pass = encoder.beginComputePass();
    commands.forEach(({ buffers, groups }, i) => {
      const { offset, size } = words.slices[i];
      const entries = [
        { buffer: words.buffer, offset, size },
        ...buffers.map((buffer) => ({ buffer })),
      ]
        .map((resource, binding) => ({ binding, resource }));
      pass.setPipeline(pipelines[i]);
      pass.setBindGroup(
        0,
        device.createBindGroup({ layout: pipelines[i].getBindGroupLayout(0), entries }),
      );
      pass.dispatchWorkgroups(...groups);
    });
    pass.end();
  }

  /** Puts the words of all commands into one buffer, each at an aligned offset. */
  #writeWords(commands: readonly Command[]) {
    const { device } = this;
    const { minUniformBufferOffsetAlignment, minStorageBufferOffsetAlignment } = device.limits;
    const alignment = Math.max(minUniformBufferOffsetAlignment, minStorageBufferOffsetAlignment);
    let bytes = 0;
    const slices = commands.map(({ words }) => {
      const slice = { offset: bytes, size: Math.ceil(words.length / 4) * 16 };
      bytes += Math.ceil(slice.size / alignment) * alignment;
      return slice;
    });
    const all = new Uint32Array(bytes / 4);
    commands.forEach(({ words }, i) => all.set(words, slices[i].offset / 4));
    if (!this.#arguments || this.#arguments.size < bytes) {
      this.#arguments?.destroy();
      const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      this.#arguments = device.createBuffer({ size: bytes, usage });
    }
    device.queue.writeBuffer(this.#arguments, 0, all);
    return { buffer: this.#arguments, slices };
  }

  /** Settles like the promise, but rejects on a failure: a lost device leaves promises pending. */
  #orFailure<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const stop = (error: Error) => reject(error);
      if (this.#failure) stop(this.#failure);
      this.#waiting.add(stop);
      promise.then(resolve, async (error) => {
        // Calls on a lost device may fail before `device.lost` resolves.
        await new Promise((resolve) => setTimeout(resolve, 0));
        reject(this.#fail(error));
      }).finally(() => this.#waiting.delete(stop));
    });
  }

  /**
   * Keeps the first failure and rejects all that waits: the state of the device is unknown from
   * here on.
   */
  #fail(error: Error): Error {
    const failure = this.#failure ??= error;
    for (const stop of this.#waiting) stop(failure);
    return failure;
  }
}

/** Multiply-adds of operations, as far as they are known. */
function workOf(commands: readonly (Command | LateCommands)[]): number {
  return commands.reduce((sum, each) => sum + ("make" in each ? 0 : each.work ?? 0), 0);
}

/** Index after the last operation of the submission that begins with one of them. */
function endOfSubmission(commands: readonly Command[], start: number): number {
  let work = 0;
  const end = commands.findIndex((command, i) => {
    if (i < start) return false;
    work += command.work ?? 0;
    return i > start && (work > MOST_WORK || i === start + MOST_COMMANDS);
  });
  return end === -1 ? Math.max(commands.length, start + 1) : end;
}

/** Whether a command does something: it has workgroups, or is not known yet. */
function isNeeded(command: Command | LateCommands): boolean {
  return "make" in command || !command.groups.includes(0);
}
