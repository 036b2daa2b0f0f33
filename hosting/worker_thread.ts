/**
 * Modules that run in threads of their own, in Deno, Node and Bun.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { leaveOutOpenGl } from "./leave_out_open_gl.ts";

/** A running thread. */
export interface WorkerThread {
  /** Sends a message to it. */
  post(message: unknown): void;
  /** Ends it at once; resolves when it has ended. */
  terminate(): Promise<void>;
}

/** Callbacks for the events of a thread. */
export interface WorkerThreadEvents<Message> {
  /** Called with each message. */
  onMessage(message: Message): void;
  /** Called once when it fails or ends by itself. */
  onEnd(reason: string): void;
}

/**
 * Starts a module in a thread.
 *
 * @param module The module's URL without its extension: packages for npm hold JavaScript.
 * @param events Called with what it says.
 * @returns The thread.
 */
export function startThread<Message>(
  module: URL,
  { onMessage, onEnd }: WorkerThreadEvents<Message>,
): WorkerThread {
  const url = new URL(`${module.href}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`);
  let hasEnded = false;
  const end = (reason: string) => {
    if (hasEnded) return;
    hasEnded = true;
    onEnd(reason);
  };
  if ("Deno" in globalThis) {
    leaveOutOpenGl();
    const worker = new Worker(url, { type: "module" });
    worker.onmessage = ({ data }) => onMessage(data);
    worker.onerror = (event) => {
      event.preventDefault();
      end(event.message || "it failed");
    };
    return {
      post: (message) => worker.postMessage(message),
      terminate: () => {
        hasEnded = true;
        worker.terminate();
        return Promise.resolve();
      },
    };
  }
  const worker = new (nodeModule("node:worker_threads").Worker)(url);
  worker.on("message", onMessage);
  worker.on("error", (error: unknown) => end(String(error)));
  worker.on("exit", (code: number) => end(`it ended with code ${code}`));
  return {
    post: (message) => worker.postMessage(message),
    terminate: async () => {
      hasEnded = true;
      await worker.terminate();
    },
  };
}

/** The side of the thread that runs the module. */
export interface ThreadPort<Message> {
  /** Sends a message to the one that started it. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Sets the function that gets messages. */
  listen(onMessage: (message: Message) => void): void;
}

/**
 * The port of the thread that calls it.
 *
 * @returns Its port.
 * @throws {Error} If the module was not started by {@linkcode startThread}.
 */
export function threadPort<Message>(): ThreadPort<Message> {
  if ("Deno" in globalThis) {
    const self = globalThis as unknown as {
      postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
      onmessage: ((event: { readonly data: Message }) => void) | null;
    };
    return {
      post: (message, transfer = []) => self.postMessage(message, transfer),
      listen: (onMessage) => {
        self.onmessage = ({ data }) => onMessage(data);
      },
    };
  }
  const { parentPort } = nodeModule("node:worker_threads");
  if (!parentPort) throw new Error("Cannot listen: this module runs in the main thread");
  return {
    post: (message, transfer = []) => parentPort.postMessage(message, [...transfer]),
    listen: (onMessage) => void parentPort.on("message", onMessage),
  };
}
