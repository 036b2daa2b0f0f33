/**
 * Workers of browsers and Deno, and of Node.
 *
 * @module
 */
import { nodeModule } from "../../base/node_module.ts";

/** A running worker. */
export interface RunningWorker {
  /** Sends it a message. */
  postMessage(message: unknown): void;
  /** Stops it. */
  terminate(): void;
}

/** Callbacks for the events of a worker. */
export interface WorkerEvents {
  /** Called when it sends a message. */
  onMessage(message: WorkerMessage): void;
  /** Called when it fails, with "" if the runtime does not say why. */
  onError(reason: string): void;
}

/** A message of a worker: `isReady` once, at first; `error` when it fails. */
export interface WorkerMessage {
  /** Whether it waits for work. */
  readonly isReady?: boolean;
  /** Why it fails. */
  readonly error?: string;
}

/** The workers of a runtime. */
export interface Workers {
  /** Number of workers that can run at the same time. */
  readonly cores: number;
  /** Whether one has to run before the next one is started. */
  readonly oneByOne?: boolean;
  /** Milliseconds that idle ones stay; absent: few, as they would keep a finished program alive. */
  readonly idleTime?: number;
  /**
   * Starts one with a script that sets `globalThis.onmessage` and may call `postMessage` and `close`.
   *
   * @throws {Error} If the runtime refuses at once.
   */
  start(script: string, events: WorkerEvents): RunningWorker;
}

/** Milliseconds that idle threads of a page's worker stay: a new one costs more than an idle one. */
const IDLE_TIME = 60_000;

/** What starts the threads of a page's worker in its place. */
let startElsewhere: Workers["start"] | undefined;

/** Lets `start` start threads in place of this worker; see lent_threads.ts. */
export function startWorkersBy(start: Workers["start"]): void {
  startElsewhere = start;
}

/**
 * Finds workers that can share memory.
 *
 * @returns The workers of this runtime, or undefined if it has none, as a page without cross-origin
 * isolation.
 */
export function findWorkers(): Workers | undefined {
  if (typeof SharedArrayBuffer === "undefined") return undefined;
  if (typeof Worker !== "undefined") {
    const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
    if (startElsewhere) return { cores, idleTime: IDLE_TIME, start: startElsewhere };
    // A worker of Firefox 153 may hang in `new Worker` while another one is being loaded or ends: so
    // they start one by one, and seldom.
    const isOfPage = "WorkerGlobalScope" in globalThis && !("Deno" in globalThis);
    return {
      cores,
      ...(isOfPage && { oneByOne: true, idleTime: IDLE_TIME }),
      start: startWebWorker,
    };
  }
  try {
    return nodeWorkers();
  } catch {
    // Some runtimes have parts of Node only.
    return undefined;
  }
}

/** Starts a worker of a browser, Deno or Bun; see {@linkcode Workers.start}. */
export function startWebWorker(script: string, { onMessage, onError }: WorkerEvents): Worker {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  // Bun reads the script only when the worker runs, so its URL is kept until the worker speaks.
  const revoke = () => URL.revokeObjectURL(url);
  try {
    const worker = new Worker(url, { type: "module" });
    worker.onmessage = ({ data }) => {
      revoke();
      onMessage(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      revoke();
      onError(event.message ?? "");
    };
    return worker;
  } catch (error) {
    revoke();
    throw error;
  }
}

/** Defines in a worker of Node the three globals of a web worker. */
const NODE_PRELUDE = `
import { parentPort } from "node:worker_threads";
globalThis.postMessage = (message) => parentPort.postMessage(message);
globalThis.close = () => parentPort.close();
parentPort.on("message", (data) => globalThis.onmessage({ data }));
`;

function nodeWorkers(): Workers {
  const { Worker } = nodeModule("node:worker_threads");
  const { availableParallelism } = nodeModule("node:os");
  const start = (script: string, { onMessage, onError }: WorkerEvents): RunningWorker => {
    const code = encodeURIComponent(NODE_PRELUDE + script);
    const worker = new Worker(new URL(`data:text/javascript,${code}`));
    worker.on("message", onMessage);
    worker.on("error", (error: unknown) => onError(String(error)));
    worker.on("exit", (code: number) => onError(`it ended with code ${code}`));
    return worker;
  };
  return { cores: availableParallelism(), start };
}
