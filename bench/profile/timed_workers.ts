/**
 * Workers of the wasm backend that time each operation.
 *
 * @module
 */

/** Numbers of a record: five times, the operation and the first of its arguments. */
const RECORD = 24;

/** Most operations between two calls of `take()`. */
const MOST_RECORDS = 1 << 14;

/** Calls of the probe before each operation, of 10 µs each. */
const PROBES = 100;

/** Iterations of a call of the probe. */
const ITERATIONS = 5000;

/** Operations of the probe before each operation. */
const PROBE_FLOP = PROBES * ITERATIONS * 12 * 4 * 2;

/** An operation as one thread ran it. */
export interface ThreadTime {
  /** Nanoseconds on a clock that all threads share. */
  readonly start: number;
  /** The same when all threads have finished. */
  readonly end: number;
  /** Nanoseconds that the thread ran meanwhile: waiting for others it sleeps. */
  readonly busy: number;
}

/** An operation. */
export interface TimedCall {
  /** Its number; see wasm/machine/numbers.ts. */
  readonly operation: number;
  /** The first words of its arguments. */
  readonly words: readonly number[];
  /** Its times on each thread. */
  readonly threads: readonly ThreadTime[];
  /** GFLOPS of multiply-adds in registers just before it, on all threads at once, the mean. */
  readonly peak: number;
}

/**
 * Runs before the script of a worker: it replaces the kernels' `run` by one that takes operations one
 * by one, reads clocks around each, and measures the peak before it.
 */
const PRELUDE = `
const { symbols } = Deno.dlopen("libc.so.6", {
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
});
const time = new BigInt64Array(2);
const read = (clock) => {
  symbols.clock_gettime(clock, time);
  return Number(time[0]) * 1e9 + Number(time[1]);
};
const [MONOTONIC, THREAD] = [1, 3];
let shared;
globalThis.addEventListener("message", ({ data }) => shared = data);
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (...args) => {
  const { exports } = await instantiate(...args);
  const { memory, records, thread } = shared;
  const words = new Int32Array(memory.buffer);
  function run(list, count, ...rest) {
    for (let i = 0; i < count; i++) {
      const at = list / 4;
      const probed = read(THREAD);
      for (let n = 0; n < ${PROBES}; n++) exports.probe(${ITERATIONS}, 1e-3);
      const busy = read(THREAD), start = read(MONOTONIC);
      exports.run(list, 1, ...rest);
      const end = read(MONOTONIC), done = read(THREAD);
      const record = 1 + records[0] * ${RECORD};
      records.set([start, end, done - busy, busy - probed, words[at] & 255], record);
      const given = words.subarray(at + 2, at + 2 + Math.min(words[at + 1], ${RECORD - 5}));
      records.set(given, record + 5);
      records[0]++;
      list += 8 + 4 * words[at + 1];
    }
  }
  return { exports: { ...exports, run } };
};
`;

/** Times the operations of workers that start while it is in use. */
export class TimedWorkers implements Disposable {
  readonly #Worker = globalThis.Worker;
  /** Of each thread: the number of its records, then these. */
  readonly #records: Float64Array[] = [];

  /**
   * Replaces the class of workers; threads start with the first pass of a backend.
   *
   * @param threads Number of threads of the backend that will start them.
   */
  constructor(threads: number) {
    for (let i = 0; i < threads; i++) {
      this.#records.push(new Float64Array(new SharedArrayBuffer(8 * (1 + MOST_RECORDS * RECORD))));
    }
    const [Plain, records] = [this.#Worker, this.#records];
    globalThis.Worker = class extends Plain {
      constructor(url: string | URL, options?: WorkerOptions) {
        const script = `${PRELUDE}await import(${JSON.stringify(String(url))});`;
        super(URL.createObjectURL(new Blob([script], { type: "text/javascript" })), options);
      }

      override postMessage(message: { readonly thread: number }): void {
        super.postMessage({ ...message, records: records[message.thread] });
      }
    };
  }

  /**
   * Takes the operations since the last call, which have all run.
   *
   * @returns The operations in their order.
   */
  async take(): Promise<TimedCall[]> {
    const [count] = this.#records[0];
    // The first thread tells that all have run; others may still be writing that down.
    while (this.#records.some(([written]) => written < count)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const rows = this.#records.map((values) =>
      Array.from({ length: count }, (_, i) => [...values.subarray(1 + i * RECORD).slice(0, RECORD)])
    );
    for (const values of this.#records) values[0] = 0;
    return rows[0].map(([, , , , operation, ...words], i) => {
      const peaks = rows.map((calls) => PROBE_FLOP / calls[i][3]);
      return {
        operation,
        words,
        threads: rows.map((calls) => ({
          start: calls[i][0],
          end: calls[i][1],
          busy: calls[i][2],
        })),
        peak: peaks.reduce((a, b) => a + b) / peaks.length,
      };
    });
  }

  /** Restores the class of workers. */
  [Symbol.dispose](): void {
    globalThis.Worker = this.#Worker;
  }
}
