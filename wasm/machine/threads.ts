/**
 * Workers that run recorded operations on one shared memory.
 *
 * @module
 */
import type { RunningWorker, WorkerEvents, Workers } from "./workers.ts";

/** Bytes of the control block. */
export const CONTROL_BYTES = 128;

/**
 * Its words: the generation that workers wait on, the list that they run, the team of workers, and
 * the barrier of wasm/assembly/run.ts, whose numbers of turns have a line of the cache of their own.
 */
const GENERATION = 0;
const LIST = 1;
const OPERATIONS = 2;
const TEAM = 3;
const BARRIER = 4;
const ROUND = BARRIER + 1;
const ABORT = BARRIER + 2;

/** Milliseconds after which idle workers stop, so that they do not keep a finished program alive. */
const IDLE_TIME = 200;

/**
 * The script of a worker: it says that it is ready, waits for the next generation and runs the list with the others; the
 * first worker posts a message when all have finished (the kernels meet at a barrier after each
 * operation). A worker stops when the number of the team changes, as `terminate` does not reach a
 * waiting worker.
 */
const WORKER = `
globalThis.onmessage = async ({ data }) => {
  const { module, memory, control, products, thread, threads, scratch, team } = data;
  try {
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    exports.setProducts(products);
    const words = new Int32Array(memory.buffer, control, 8);
    let { generation } = data;
    postMessage({ isReady: true });
    for (;;) {
      Atomics.wait(words, ${GENERATION}, generation);
      if (Atomics.load(words, ${TEAM}) !== team) break;
      generation = Atomics.load(words, ${GENERATION});
      const barrier = control + 4 * ${BARRIER};
      exports.run(words[${LIST}], words[${OPERATIONS}], thread, threads, barrier, scratch);
      if (thread === 0) postMessage({});
    }
  } catch (error) {
    postMessage({ error: String(error) });
  }
  close();
};`;

/** The resources that workers share. */
export interface SharedKernels {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  /** The memory. */
  readonly memory: WebAssembly.Memory;
  /** Address of the control block. */
  readonly control: number;
  /** How integers are multiplied, by its number. */
  readonly products: number;
  /** Address of each worker's scratch memory. */
  readonly scratch: readonly number[];
}

/** Ends when no backend starts workers, where they start one by one. */
let starting: Promise<void> = Promise.resolve();

/** Workers that cannot be started, as this runtime refuses them. */
export class WorkersRefused extends Error {}

/** Runs lists of operations on several workers. */
export class Threads {
  readonly #kernels: SharedKernels;
  readonly #source: Workers;
  readonly #patience: number;
  readonly #words: Int32Array;
  #workers: RunningWorker[] = [];
  #pending: { resolve: () => void; reject: (error: Error) => void } | undefined;
  /** Stops idle workers, or the wait for new ones. */
  #idle: ReturnType<typeof setTimeout> | undefined;
  #failure: Error | undefined;

  /**
   * Prepares workers; they start with the first list.
   *
   * @param kernels Shared resources; one worker starts for each scratch address.
   * @param source The workers of this runtime.
   * @param patience Milliseconds after which workers that are not ready count as refused.
   */
  constructor(kernels: SharedKernels, source: Workers, patience = 20_000) {
    this.#patience = patience;
    this.#kernels = kernels;
    this.#source = source;
    this.#words = new Int32Array(kernels.memory.buffer, kernels.control, CONTROL_BYTES / 4);
  }

  /** Whether the workers are running. */
  get isRunning(): boolean {
    return this.#workers.length > 0;
  }

  /**
   * Runs a list of operations.
   *
   * @param list Its address.
   * @param operations Number of operations in it.
   * @returns A promise that resolves when all have run.
   * @throws {WorkersRefused} If a worker cannot be started; then no operation has run.
   * @throws {Error} If a worker fails or has failed before.
   */
  async run(list: number, operations: number): Promise<void> {
    clearTimeout(this.#idle);
    if (this.#workers.length === 0 && !this.#failure) await this.#startInTurn();
    if (this.#failure) throw this.#failure;
    const done = new Promise<void>((resolve, reject) => {
      this.#pending = { resolve, reject };
    });
    this.#words[LIST] = list;
    this.#words[OPERATIONS] = operations;
    this.#wake();
    await done;
  }

  /** Stops the workers. A running list fails. */
  dispose(): void {
    this.#fail(new Error("Cannot finish: the wasm backend was disposed while it was running"));
  }

  /** Starts the workers; where they start one by one, after those of other backends. */
  #startInTurn(): Promise<void> {
    if (!this.#source.oneByOne) return this.#start();
    const started = starting.then(() => this.#failure ? undefined : this.#start());
    starting = started.catch(() => {});
    return started;
  }

  /** Starts the workers and waits until each of them waits for work. */
  async #start(): Promise<void> {
    const team = Atomics.add(this.#words, TEAM, 1) + 1;
    const generation = this.#words[GENERATION];
    const { scratch, ...shared } = this.#kernels;
    let isStarted = false;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#pending = { resolve, reject };
        let ready = 0;
        const fail = (attempt: string, reason: string) => {
          // Workers that were stopped on purpose end too.
          if (this.#words[TEAM] !== team) return;
          if (!isStarted) reject(new WorkersRefused(reason || "the runtime gives no reason"));
          else this.#fail(new Error(`A thread of the wasm backend ${attempt}: ${reason}`));
        };
        const events: WorkerEvents = {
          onMessage: ({ isReady, error }) => {
            if (error) fail("failed", error);
            else if (!isReady) this.#finish();
            else if (++ready === scratch.length) resolve();
            else if (this.#source.oneByOne && this.#words[TEAM] === team) start(ready);
          },
          onError: (reason) => fail("died", reason),
        };
        const expire = () => fail("died", `not ready after ${this.#patience / 1000} s`);
        this.#idle = setTimeout(expire, this.#patience);
        const start = (thread: number) => {
          try {
            const worker = this.#source.start(WORKER, events);
            this.#workers.push(worker);
            const own = { thread, threads: scratch.length, scratch: scratch[thread] };
            worker.postMessage({ ...shared, ...own, team, generation });
          } catch (error) {
            reject(error);
          }
        };
        if (this.#source.oneByOne) start(0);
        else scratch.forEach((_, thread) => start(thread));
      });
      isStarted = true;
    } catch (error) {
      if (this.#failure) throw this.#failure;
      const workers = this.#workers;
      this.#dismiss();
      workers.forEach((worker) => worker.terminate());
      throw error instanceof WorkersRefused ? error : new WorkersRefused(String(error));
    } finally {
      clearTimeout(this.#idle);
    }
  }

  #wake(): void {
    Atomics.add(this.#words, GENERATION, 1);
    Atomics.notify(this.#words, GENERATION);
  }

  #finish(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#idle = setTimeout(() => this.#dismiss(), this.#source.idleTime ?? IDLE_TIME);
    pending?.resolve();
  }

  /** Stops idle workers. */
  #dismiss(): void {
    Atomics.add(this.#words, TEAM, 1);
    this.#wake();
    this.#workers = [];
  }

  /**
   * Stops all workers after a failure: those at the barrier would wait for the failed one forever.
   */
  #fail(error: Error): void {
    clearTimeout(this.#idle);
    this.#failure ??= error;
    Atomics.store(this.#words, ABORT, 1);
    Atomics.add(this.#words, ROUND, 1);
    Atomics.notify(this.#words, ROUND);
    const workers = this.#workers;
    this.#dismiss();
    workers.forEach((worker) => worker.terminate());
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(error);
  }
}
