/**
 * Workers of browsers and Deno, and of Node.
 *
 * @module
 */

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
  onMessage(message: { readonly error?: string }): void;
  /** Called when it fails. */
  onError(reason: string): void;
}

/** The workers of a runtime. */
export interface Workers {
  /** Number of workers that can run at the same time. */
  readonly cores: number;
  /** Starts one with a script that sets `globalThis.onmessage` and may call `postMessage` and `close`. */
  start(script: string, events: WorkerEvents): RunningWorker;
}

/**
 * Finds workers that can share memory.
 *
 * @returns The workers of this runtime, or undefined if it has none, as a page without cross-origin
 * isolation.
 */
export async function findWorkers(): Promise<Workers | undefined> {
  if (typeof SharedArrayBuffer === "undefined") return undefined;
  if (typeof Worker !== "undefined") {
    return { cores: navigator.hardwareConcurrency, start: startWebWorker };
  }
  return "process" in globalThis ? await nodeWorkers() : undefined;
}

function startWebWorker(script: string, { onMessage, onError }: WorkerEvents): RunningWorker {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  URL.revokeObjectURL(url);
  worker.onmessage = ({ data }) => onMessage(data);
  worker.onerror = (event) => {
    event.preventDefault();
    onError(event.message);
  };
  return worker;
}

/** Defines in a worker of Node the three globals of a web worker. */
const NODE_PRELUDE = `
import { parentPort } from "node:worker_threads";
globalThis.postMessage = (message) => parentPort.postMessage(message);
globalThis.close = () => parentPort.close();
parentPort.on("message", (data) => globalThis.onmessage({ data }));
`;

async function nodeWorkers(): Promise<Workers> {
  const [{ Worker }, { availableParallelism }] = await Promise.all([
    import("node:worker_threads"),
    import("node:os"),
  ]);
  const start = (script: string, { onMessage, onError }: WorkerEvents): RunningWorker => {
    const code = encodeURIComponent(NODE_PRELUDE + script);
    const worker = new Worker(new URL(`data:text/javascript,${code}`));
    worker.on("message", onMessage);
    worker.on("error", ({ message }: Error) => onError(message));
    return worker;
  };
  return { cores: availableParallelism(), start };
}
