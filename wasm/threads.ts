/**
 * Workers that run recorded operations on one shared memory.
 *
 * @module
 */

/** Bytes of the control block: generation, list, operations, and two words of the barrier. */
export const CONTROL_BYTES = 64;

/** Idle workers end after this many milliseconds, so that a program that is done can end too. */
const IDLE_MILLISECONDS = 200;

/**
 * What a worker does: waits for the next generation, runs the list with the others, and the first
 * one tells when all have finished (the kernels meet at a barrier after each operation).
 */
const WORKER = `
onmessage = async ({ data: { module, memory, control, thread, threads, scratch } }) => {
  try {
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    const words = new Int32Array(memory.buffer, control, 8);
    for (let generation = 0;;) {
      Atomics.wait(words, 0, generation);
      generation = Atomics.load(words, 0);
      exports.run(words[1], words[2], thread, threads, control + 16, scratch);
      if (thread === 0) postMessage({ generation });
    }
  } catch (error) {
    postMessage({ error: String(error) });
  }
};`;

/** Where workers find what they share. */
export interface SharedKernels {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  /** The memory. */
  readonly memory: WebAssembly.Memory;
  /** Address of the control block. */
  readonly control: number;
  /** Address of each worker's own memory. */
  readonly scratch: readonly number[];
}

/** Runs lists of operations on several workers. */
export class Threads {
  readonly #kernels: SharedKernels;
  readonly #words: Int32Array;
  #workers: Worker[] = [];
  #pending: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /**
   * Prepares workers; they start with the first list.
   *
   * @param kernels What they share; one worker for each scratch address.
   */
  constructor(kernels: SharedKernels) {
    this.#kernels = kernels;
    this.#words = new Int32Array(kernels.memory.buffer, kernels.control, 8);
  }

  /**
   * Runs a list of operations.
   *
   * @param list Its address.
   * @param operations How many operations it has.
   * @returns When all have run.
   * @throws {Error} If a worker dies.
   */
  run(list: number, operations: number): Promise<void> {
    clearTimeout(this.#idle);
    if (this.#workers.length === 0) this.#start();
    const done = new Promise<void>((resolve, reject) => {
      this.#pending = { resolve, reject };
    });
    this.#words[1] = list;
    this.#words[2] = operations;
    Atomics.add(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
    return done;
  }

  /** Ends the workers. A list that is running fails. */
  dispose(): void {
    this.#end(new Error("Cannot finish: the wasm backend was disposed while it was running"));
  }

  #start(): void {
    this.#words.fill(0);
    const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
    const { scratch, ...shared } = this.#kernels;
    this.#workers = scratch.map((address, thread) => {
      const worker = new Worker(url, { type: "module" });
      worker.onmessage = ({ data }) => {
        if (data.error) this.#end(new Error(`A thread of the wasm backend failed: ${data.error}`));
        else this.#finish();
      };
      worker.onerror = (event) => {
        event.preventDefault();
        this.#end(new Error(`A thread of the wasm backend died: ${event.message}`));
      };
      worker.postMessage({ ...shared, thread, threads: scratch.length, scratch: address });
      return worker;
    });
    URL.revokeObjectURL(url);
  }

  #finish(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#idle = setTimeout(() => this.#terminate(), IDLE_MILLISECONDS);
    pending?.resolve();
  }

  #end(error: Error): void {
    clearTimeout(this.#idle);
    this.#terminate();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(error);
  }

  #terminate(): void {
    this.#workers.forEach((worker) => worker.terminate());
    this.#workers = [];
  }
}
