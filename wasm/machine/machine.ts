/**
 * A WebAssembly memory with kernels, threads and a list of recorded operations.
 *
 * @module
 */
import { pauses } from "../../base/next_task.ts";
import { showValue } from "../../base/show_value.ts";
import type { MemoryLimits, MemoryUse } from "../../ops/backend.ts";
import type { Command } from "./layout.ts";
import { Arena } from "./memory.ts";
import { type Build, compileKernels, instantiateKernels, type Kernels } from "./module.ts";
import { chooseProducts, PRODUCTS, type Products } from "./products.ts";
import { CONTROL_BYTES, Threads, WorkersRefused } from "./threads.ts";
import { Together } from "./together.ts";
import { findWorkers, type Workers } from "./workers.ts";

/** Options of a machine. */
export interface MachineOptions {
  /**
   * Threads; absent: as many as the machine has cores, or one if memory cannot be shared, of which
   * the others start when there is work for them.
   */
  readonly threads?: number;
  /** A build of the kernels; absent: the fastest that the engine supports. */
  readonly build?: Build;
  /**
   * How the integers of `dtype: "q8"` are multiplied; absent: the fastest way that is exact on this
   * engine. No result depends on it.
   */
  readonly products?: Products;
}

/** Most pages of 64 KB that a memory may have: 4 GB. */
const MOST_PAGES = 65536;

/** Threads that a backend may be opened with; each takes a worker and memory of its own. */
const MOST_THREADS = 256;

/** Scratch memory of each thread: packed rows of A, or an attention's tile (see wasm/assembly). */
const SCRATCH_BYTES = 9 << 18;

/**
 * Memory for a list of operations: a pass of a model with 24 layers. Longer lists run in pieces; only
 * an operation that is longer by itself needs more.
 */
const LIST_BYTES = 1 << 16;

/**
 * Millions of multiply-adds of a part, of an operation that one thread runs: on a page's own thread
 * 16 ms at 50 GFLOPS, as the page stands still meanwhile. Elsewhere larger parts are 5 % faster.
 */
const MOST_WORK = "document" in globalThis ? 400 : 4000;

/**
 * Milliseconds of short work that are done before workers start, unless threads were asked for:
 * starting two of them takes as long, and the answer to a first short text takes less.
 */
const START_MILLISECONDS = 40;

/**
 * Most bytes of results of work that may be short: 16 tokens of an encoder of 12 layers. A single
 * operation, which threads cannot take over in the middle, takes no longer than their start then.
 */
const SHORT_BYTES = 1 << 23;

/** A position in the list of recorded operations. */
export interface Mark {
  /** Number of operations before it. */
  readonly operations: number;
  /** Number of their words. */
  readonly words: number;
}

/** Operations in memory that have not run yet. */
interface Rest {
  /** Address of the first. */
  readonly list: number;
  /** Their number. */
  readonly operations: number;
}

/** An owner of memory of a machine. */
export interface Held {
  /** Bytes in use. */
  readonly bytes: number;
  /** Frees the memory. */
  destroy(): void;
}

/** Records operations and runs them. */
export class Machine {
  /** The kernels' functions, on this thread. */
  readonly kernels: Kernels;
  /** How integers are multiplied. */
  readonly products: Products;
  /** Tensors that have memory. */
  readonly storages: Set<Held> = new Set();
  readonly #memory: WebAssembly.Memory;
  readonly #isShared: boolean;
  readonly #arena: Arena;
  #scratch: readonly number[];
  /** Absent on one thread. */
  #workers: Threads | undefined;
  /** Buffer for values that are uploaded or read back; no recorded operation reads it. */
  #stage = { address: 0, bytes: 0 };
  /**
   * Memory that recorded operations are copied to before they run. It is allocated before they are
   * recorded: what was recorded never fails for lack of memory.
   */
  #list: { address: number; bytes: number };
  #words: number[] = [];
  #operations = 0;
  readonly #together = new Together();
  /** Bytes of the results of recorded operations, and of what was allocated for them. */
  #resultBytes = 0;
  /** Milliseconds that may be spent on short work before workers start. */
  #shortLeft = 0;
  /** Callbacks for operations that are dropped, with the index of the operation. */
  #undo: { readonly operation: number; readonly undo: () => void }[] = [];
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();
  #isDisposed = false;

  private constructor(
    kernels: Kernels,
    products: Products,
    memory: WebAssembly.Memory,
    isShared: boolean,
    arena: Arena,
    scratch: readonly number[],
    list: number,
    workers: Threads | undefined,
  ) {
    this.kernels = kernels;
    this.products = products;
    this.#memory = memory;
    this.#isShared = isShared;
    this.#arena = arena;
    this.#scratch = scratch;
    this.#list = { address: list, bytes: LIST_BYTES };
    this.#workers = workers;
  }

  /**
   * Makes a machine.
   *
   * @param options Threads, build and products.
   * @returns The machine.
   * @throws {RangeError} If there is less than one thread, the engine lacks WebAssembly SIMD, or
   * the products are not exact on it.
   */
  static async open({ threads, build, products }: MachineOptions): Promise<Machine> {
    if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
      throw new RangeError(
        `Cannot run on ${showValue(threads)} threads: wanted a whole number ≥ 1`,
      );
    }
    if (threads !== undefined && threads > MOST_THREADS) {
      throw new RangeError(`Cannot run on ${threads} threads: wanted at most ${MOST_THREADS}`);
    }
    const workers = findWorkers();
    if (threads !== undefined && threads > 1 && !workers) {
      throw new RangeError(
        `Cannot run on ${threads} threads: wanted 1, as this runtime has no workers with shared ` +
          "memory (a page needs the headers Cross-Origin-Opener-Policy and -Embedder-Policy)",
      );
    }
    const count = threads ?? workers?.cores ?? 1;
    try {
      const machine = await Machine.#make(count, build, products, workers);
      if (threads === undefined) machine.#shortLeft = START_MILLISECONDS;
      return machine;
    } catch (error) {
      // An engine without threads, or a runtime that refuses so much address space.
      if (threads !== undefined || count === 1 || !(error instanceof RangeError)) throw error;
      return await Machine.#make(1, build, products);
    }
  }

  static async #make(
    count: number,
    build: Build | undefined,
    wanted: Products | undefined,
    source?: Workers,
  ): Promise<Machine> {
    const isShared = source !== undefined && count > 1;
    const compiled = await compileKernels(isShared, build);
    const memory = makeMemory(isShared);
    const kernels = await instantiateKernels(compiled.module, memory);
    const products = chooseProducts(kernels, wanted);
    const arena = new Arena(kernels.freeFrom(), MOST_PAGES * 65536);
    const control = arena.allocate(CONTROL_BYTES, true);
    const scratch = Array.from({ length: count }, () => arena.allocate(SCRATCH_BYTES, true));
    const list = arena.allocate(LIST_BYTES, true);
    const shared = { module: compiled.module, memory, control, products: PRODUCTS[products] };
    const workers = isShared ? new Threads({ ...shared, scratch }, source) : undefined;
    const machine = new Machine(kernels, products, memory, isShared, arena, scratch, list, workers);
    machine.#grow(arena.highest);
    return machine;
  }

  /** Number of threads that run operations; one if the runtime turns out to refuse workers. */
  get threads(): number {
    return this.#scratch.length;
  }

  /** Allocates memory; see {@linkcode Arena.allocate}. */
  allocate(bytes: number, isWrittenNow: boolean): number {
    if (isWrittenNow) this.#settle();
    return this.#allocate(bytes, isWrittenNow);
  }

  #allocate(bytes: number, isWrittenNow: boolean): number {
    if (this.#isDisposed) throw new Error("Cannot make a tensor: the wasm backend was disposed");
    const address = this.#arena.allocate(bytes, isWrittenNow);
    try {
      this.#grow(this.#arena.highest);
      if (!isWrittenNow) this.#resultBytes += bytes;
    } catch (cause) {
      this.#arena.release(address);
      const megabytes = (size: number) => `${Math.ceil(size / 2 ** 20)} MB`;
      throw new RangeError(
        `Cannot allocate ${megabytes(bytes)} of WebAssembly memory: it has ` +
          `${megabytes(this.#memory.buffer.byteLength)} and cannot grow to ` +
          `${megabytes(this.#arena.highest)} here; a shorter text or a smaller batch needs less`,
        { cause },
      );
    }
    return address;
  }

  /** Releases memory. */
  release(address: number): void {
    this.#arena.release(address);
  }

  /**
   * Returns memory for values that are uploaded or read back, such as the rows of weights that are
   * being packed: a weight is never held unpacked as a whole.
   *
   * @param bytes Its size.
   * @returns Its address, valid until the next call.
   */
  stage(bytes: number): number {
    if (bytes > this.#stage.bytes) {
      this.release(this.#stage.address);
      this.#stage = { address: 0, bytes: 0 }; // until there is another: allocating may throw
      this.#stage = { address: this.allocate(bytes, true), bytes };
    }
    return this.#stage.address;
  }

  /** Copies values into memory. */
  write(address: number, values: Float32Array | Int32Array | Int8Array | Uint16Array): void {
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
   * @param undo Called if the operations are dropped.
   * @throws {RangeError} If there is no memory for an operation that is longer than all before it.
   */
  record(commands: readonly Command[], undo?: () => void): void {
    if (undo) this.#undo.push({ operation: this.#operations, undo });
    this.#reserveList(
      commands.reduce((most, { words }) => Math.max(most, 2 + words.length), 0) * 4,
    );
    for (const command of commands) {
      const { operation, words } = command;
      this.#words.push(operation | this.#together.add(command), words.length, ...words);
      this.#operations++;
    }
  }

  /** The end of the list. */
  mark(): Mark {
    this.#settle();
    return { operations: this.#operations, words: this.#words.length };
  }

  /**
   * Drops the operations that were recorded after a mark; none of them may have run.
   *
   * @param start The mark.
   */
  forget({ operations, words }: Mark): void {
    this.#words.length = words;
    this.#operations = operations;
    this.#together.end();
    for (const { operation, undo } of this.#undo) if (operation >= operations) undo();
    this.#undo = this.#undo.filter(({ operation }) => operation < operations);
    this.#settle();
  }

  /**
   * Runs the recorded operations, after those that are running already.
   *
   * @returns A promise that resolves when all have run.
   * @throws {Error} If a thread fails.
   */
  run(): Promise<void> {
    this.#running = this.#running.then(() => this.#runNow());
    return this.#running;
  }

  /** The memory that tensors can have. */
  get limits(): MemoryLimits {
    const bytes = MOST_PAGES * 65536 - this.#scratch.length * SCRATCH_BYTES - this.#list.bytes;
    return { bytes, tensorBytes: bytes };
  }

  /** The memory in use. */
  memory(): MemoryUse {
    const sizes = [...this.storages].map(({ bytes }) => bytes);
    return { tensors: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0) };
  }

  /** Stops the threads and releases all memory. */
  dispose(): void {
    this.#isDisposed = true;
    this.#workers?.dispose();
    for (const storage of this.storages) storage.destroy();
  }

  async #runNow(): Promise<void> {
    if (this.#isDisposed) throw new Error("Cannot run: the wasm backend was disposed");
    if (this.#operations === 0) return;
    const words = Int32Array.from(this.#words);
    const isShort = this.#resultBytes <= SHORT_BYTES;
    this.#resultBytes = 0;
    this.#words = [];
    this.#undo = [];
    this.#operations = 0;
    this.#isRunning = true;
    for (let start = 0; start < words.length;) {
      const { address, bytes } = this.#list;
      let [end, operations] = [start, 0];
      for (let next = start; next < words.length; operations++) {
        next += 2 + words[next + 1];
        if ((next - start) * 4 > bytes) break;
        end = next;
      }
      this.write(address, words.subarray(start, end));
      await this.#runList(address, operations, isShort);
      start = end;
    }
    this.#isRunning = false;
    this.#settle();
  }

  /** Runs operations on all threads; on this one if the runtime turns out to refuse workers. */
  async #runList(list: number, operations: number, isShort: boolean): Promise<void> {
    let rest = { list, operations };
    if (isShort && this.#workers?.isRunning === false && this.#shortLeft > 0) {
      const started = performance.now();
      rest = await this.#runAlone(rest, started + this.#shortLeft);
      this.#shortLeft -= performance.now() - started;
      if (rest.operations === 0) return;
    }
    await this.#workers?.run(rest.list, rest.operations).catch((error) => {
      if (!(error instanceof WorkersRefused)) throw error;
      console.warn(
        `Cannot start ${this.threads} threads of the wasm backend (${error.message}): running on ` +
          "one. Pass threads: 1 for one without this warning; a Content-Security-Policy needs " +
          "worker-src blob:, Node's --permission needs --allow-worker",
      );
      this.#workers = undefined;
      this.#scratch = this.#scratch.slice(0, 1);
    });
    if (!this.#workers) await this.#runAlone(rest);
  }

  /**
   * Runs operations on this thread in parts, and lets other tasks run between them.
   *
   * @param rest The operations.
   * @param until When to stop, as `performance.now()` counts.
   * @returns Those that are left.
   */
  async #runAlone({ list, operations }: Rest, until = Infinity): Promise<Rest> {
    const { kernels } = this;
    const [scratch] = this.#scratch;
    const pause = pauses();
    for (; operations > 0 && performance.now() < until; operations--) {
      for (let part = 0; kernels.runPart(list, part, MOST_WORK, scratch); part++) {
        const others = pause();
        if (!others) continue;
        await others;
        if (this.#isDisposed) {
          throw new Error("Cannot finish: the wasm backend was disposed while it was running");
        }
      }
      const [words] = this.integers(list + 4, 1);
      list += 8 + 4 * words;
    }
    return { list, operations };
  }

  /** Makes the memory for the list large enough; pieces that are running keep theirs until then. */
  #reserveList(bytes: number): void {
    if (bytes <= this.#list.bytes) return;
    // Nothing is settled here: scratch memory of the operation is released, but not used yet.
    const address = this.#allocate(bytes, true);
    this.release(this.#list.address);
    this.#list = { address, bytes };
  }

  /**
   * Settles the arena unless operations are recorded or running, as these may use released memory.
   */
  #settle(): void {
    if (this.#operations === 0 && !this.#isRunning) this.#arena.settle();
  }

  /** Grows the memory if it is not shared; a shared memory has its full size from the start. */
  #grow(bytes: number): void {
    if (this.#isShared) return;
    const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / 65536);
    if (missing > 0) this.#memory.grow(missing);
  }
}

/**
 * A shared memory has its full size at once: growing one costs a bounds check at each access, and
 * untouched pages cost nothing.
 */
function makeMemory(isShared: boolean): WebAssembly.Memory {
  if (!isShared) return new WebAssembly.Memory({ initial: 64, maximum: MOST_PAGES });
  return new WebAssembly.Memory({ initial: MOST_PAGES, maximum: MOST_PAGES, shared: true });
}
