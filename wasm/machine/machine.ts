/**
 * A WebAssembly memory with kernels, threads and a list of recorded operations.
 *
 * @module
 */
import type { MemoryUse } from "../../ops/backend.ts";
import type { Command } from "./layout.ts";
import { Arena } from "./memory.ts";
import { type Build, compileKernels, instantiateKernels, type Kernels } from "./module.ts";
import { CONTROL_BYTES, Threads } from "./threads.ts";
import { findWorkers, type Workers } from "./workers.ts";

/** How a machine is made. */
export interface MachineOptions {
  /** Threads; absent: as many as the machine has cores, one where memory cannot be shared. */
  readonly threads?: number;
  /** A build of the kernels; absent: the fastest that the engine takes. */
  readonly build?: Build;
}

/** Pages of 64 KB that a memory may have: 4 GB. */
const MOST_PAGES = 65536;

/** Each thread's own memory: packed rows of A, or an attention's tile (see wasm/assembly). */
const SCRATCH_BYTES = 1 << 20;

/** A place in the list of recorded operations. */
export interface Mark {
  /** Operations before it. */
  readonly operations: number;
  /** Their words. */
  readonly words: number;
}

/** What has memory of a machine. */
export interface Held {
  /** Bytes in use. */
  readonly bytes: number;
  /** Gives them back. */
  dispose(): void;
}

/** Records operations and runs them. */
export class Machine {
  /** The kernels' functions, on this thread. */
  readonly kernels: Kernels;
  /** Tensors that have memory. */
  readonly storages: Set<Held> = new Set();
  readonly #memory: WebAssembly.Memory;
  readonly #isShared: boolean;
  readonly #arena: Arena;
  readonly #scratch: readonly number[];
  readonly #workers: Threads | undefined;
  /** For values on their way in or out, which no recorded operation reads. */
  #stage = { address: 0, bytes: 0 };
  #words: number[] = [];
  #operations = 0;
  /** What becomes wrong when operations do not run, by the place of the operation. */
  #undo: { readonly operation: number; readonly undo: () => void }[] = [];
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();
  #isDisposed = false;

  private constructor(
    kernels: Kernels,
    memory: WebAssembly.Memory,
    isShared: boolean,
    arena: Arena,
    scratch: readonly number[],
    workers: Threads | undefined,
  ) {
    this.kernels = kernels;
    this.#memory = memory;
    this.#isShared = isShared;
    this.#arena = arena;
    this.#scratch = scratch;
    this.#workers = workers;
  }

  /**
   * Makes a machine.
   *
   * @param options Threads and build.
   * @returns The machine.
   * @throws {RangeError} If there is less than one thread, or the engine lacks WebAssembly SIMD.
   */
  static async open({ threads, build }: MachineOptions): Promise<Machine> {
    if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
      throw new RangeError(`Cannot run on ${threads} threads: wanted a whole number ≥ 1`);
    }
    const workers = await findWorkers();
    if (threads !== undefined && threads > 1 && !workers) {
      throw new RangeError(
        `Cannot run on ${threads} threads: wanted 1, as this place has no workers with shared ` +
          "memory (a page needs the headers Cross-Origin-Opener-Policy and -Embedder-Policy)",
      );
    }
    const count = threads ?? workers?.cores ?? 1;
    try {
      return await Machine.#make(count, build, workers);
    } catch (error) {
      // An engine without threads, or a place that refuses so much address space.
      if (threads !== undefined || count === 1 || !(error instanceof RangeError)) throw error;
      return await Machine.#make(1, build);
    }
  }

  static async #make(
    count: number,
    build: Build | undefined,
    source?: Workers,
  ): Promise<Machine> {
    const isShared = source !== undefined && count > 1;
    const compiled = await compileKernels(isShared, build);
    const memory = makeMemory(isShared);
    const kernels = await instantiateKernels(compiled.module, memory);
    const arena = new Arena(kernels.freeFrom(), MOST_PAGES * 65536);
    const control = arena.take(CONTROL_BYTES, true);
    const scratch = Array.from({ length: count }, () => arena.take(SCRATCH_BYTES, true));
    const workers = isShared
      ? new Threads({ module: compiled.module, memory, control, scratch }, source)
      : undefined;
    return new Machine(kernels, memory, isShared, arena, scratch, workers);
  }

  /** How many threads run operations. */
  get threads(): number {
    return this.#scratch.length;
  }

  /** Hands out memory; see {@linkcode Arena.take}. */
  take(bytes: number, isWrittenNow: boolean): number {
    if (this.#isDisposed) throw new Error("Cannot make a tensor: the wasm backend was disposed");
    const address = this.#arena.take(bytes, isWrittenNow);
    try {
      this.#grow(this.#arena.highest);
    } catch (cause) {
      this.#arena.giveBack(address);
      const megabytes = (size: number) => `${Math.ceil(size / 2 ** 20)} MB`;
      throw new RangeError(
        `Cannot take ${megabytes(bytes)} of WebAssembly memory: it has ` +
          `${megabytes(this.#memory.buffer.byteLength)} and does not grow to ` +
          `${megabytes(this.#arena.highest)} here; a shorter text or a smaller batch needs less`,
        { cause },
      );
    }
    return address;
  }

  /** Takes memory back. */
  giveBack(address: number): void {
    this.#arena.giveBack(address);
  }

  /**
   * Memory for values on their way in or out: packed weights are never plain all at once.
   *
   * @param bytes How much.
   * @returns Its address, until the next call.
   */
  stage(bytes: number): number {
    if (bytes > this.#stage.bytes) {
      this.giveBack(this.#stage.address);
      this.#stage = { address: this.take(bytes, true), bytes };
    }
    return this.#stage.address;
  }

  /** Copies values into memory. */
  write(address: number, values: Float32Array | Int32Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.#memory.buffer, address, bytes.length).set(bytes);
  }

  /** A copy of values in memory. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, count).slice();
  }

  /** A copy of values in memory. */
  integers(address: number, count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, count).slice();
  }

  /**
   * Adds operations to the list.
   *
   * @param commands The operations.
   * @param undo Called if the operations are forgotten.
   */
  record(commands: readonly Command[], undo?: () => void): void {
    if (undo) this.#undo.push({ operation: this.#operations, undo });
    for (const { operation, words } of commands) {
      this.#words.push(operation, words.length, ...words);
      this.#operations++;
    }
  }

  /** The end of the list. */
  mark(): Mark {
    return { operations: this.#operations, words: this.#words.length };
  }

  /**
   * Drops the operations after a mark, whose results nobody has; nothing has run since.
   *
   * @param start The mark.
   */
  forget({ operations, words }: Mark): void {
    this.#words.length = words;
    this.#operations = operations;
    for (const { operation, undo } of this.#undo) if (operation >= operations) undo();
    this.#undo = this.#undo.filter(({ operation }) => operation < operations);
    this.#settle();
  }

  /**
   * Runs what was recorded, after what is running already.
   *
   * @returns When all has run.
   * @throws {Error} If a thread dies.
   */
  run(): Promise<void> {
    this.#running = this.#running.then(() => this.#runNow());
    return this.#running;
  }

  /** What is in use. */
  memory(): MemoryUse {
    const sizes = [...this.storages].map(({ bytes }) => bytes);
    return { tensors: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0) };
  }

  /** Ends the threads and gives everything back. */
  dispose(): void {
    this.#isDisposed = true;
    this.#workers?.dispose();
    for (const storage of this.storages) storage.dispose();
  }

  async #runNow(): Promise<void> {
    if (this.#isDisposed) throw new Error("Cannot run: the wasm backend was disposed");
    if (this.#operations === 0) return;
    const words = Int32Array.from(this.#words);
    const operations = this.#operations;
    this.#words = [];
    this.#undo = [];
    this.#operations = 0;
    this.#isRunning = true;
    const list = this.take(words.byteLength, true);
    this.write(list, words);
    if (this.#workers) await this.#workers.run(list, operations);
    else this.kernels.run(list, operations, 0, 1, 0, this.#scratch[0]);
    this.giveBack(list);
    this.#isRunning = false;
    this.#settle();
  }

  /** While a list runs on workers the next one may be recorded; its memory is not settled yet. */
  #settle(): void {
    if (this.#operations === 0 && !this.#isRunning) this.#arena.settle();
  }

  /** A memory that is not shared starts small. */
  #grow(bytes: number): void {
    if (this.#isShared) return;
    const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / 65536);
    if (missing > 0) this.#memory.grow(missing);
  }
}

/**
 * A shared memory has its full size at once: growing one costs a bounds check at each access, and
 * pages that nobody touches cost nothing.
 */
function makeMemory(isShared: boolean): WebAssembly.Memory {
  if (!isShared) return new WebAssembly.Memory({ initial: 64, maximum: MOST_PAGES });
  return new WebAssembly.Memory({ initial: MOST_PAGES, maximum: MOST_PAGES, shared: true });
}
