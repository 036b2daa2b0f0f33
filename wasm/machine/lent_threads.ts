/**
 * Threads that a page starts for its worker.
 *
 * A worker of Firefox 153 may hang where it starts workers of its own, and then answers no more. Those
 * that its page starts did not. They and the worker talk directly.
 *
 * @module
 */
import {
  type RunningWorker,
  startWebWorker,
  startWorkersBy,
  type WorkerEvents,
  type WorkerMessage,
} from "./workers.ts";

/** Key of the message that lends threads. */
const KEY = "@lsg/core/threads";

/** What the page sends to the worker. */
interface Offer {
  /** Where the worker's wishes go. */
  readonly port: MessagePort;
  /** Name of a lock that the worker holds as long as it lives. */
  readonly lock: string;
}

/** What the worker sends to the page: that it holds the lock, a thread to start, or one to end. */
type Wish =
  | { readonly isHeld: true }
  | { readonly id: string; readonly script: string; readonly port: MessagePort }
  | { readonly id: string };

/** What the page sends of a thread that failed. */
interface Failure {
  readonly id: string;
  readonly error: string;
}

/** What a thread sends to the worker. */
type LentMessage = WorkerMessage & { readonly isOver?: true };

/** Runs in a thread before its script, whose messages go through the port that comes first. */
const PRELUDE = `
postMessage({}); // the page need not keep the script any longer
addEventListener("message", (event) => {
  event.stopImmediatePropagation();
  const port = event.data;
  globalThis.postMessage = (message) => port.postMessage(message);
  globalThis.close = () => port.postMessage({ isOver: true });
  port.onmessage = ({ data }) => globalThis.onmessage({ data });
}, { once: true });
`;

/** Asks for a lock of the browser, which is held until what `run` returns is settled. */
function hold(lock: string, run: () => unknown): void {
  const { locks } = globalThis.navigator as unknown as {
    locks: { request(name: string, run: () => unknown): Promise<unknown> };
  };
  locks.request(lock, run);
}

/** Whether threads can share memory in this page or worker. */
function isIsolated(): boolean {
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
}

/**
 * Lends threads to a worker of this page, which has to call {@linkcode borrowThreads}: its `wasm`
 * backends start none themselves then. They end when it ends.
 *
 * Called in a page that is not isolated it does nothing, as there are no threads.
 *
 * @param worker The worker, before anything else is sent to it.
 *
 * @example In the page
 * ```ts
 * import { lendThreads } from "@lsg/core/threads";
 *
 * const code = "onmessage = ({ data }) => postMessage(data);"; // or a file
 * const script = new Blob([code], { type: "text/javascript" });
 * const worker = new Worker(URL.createObjectURL(script), { type: "module" });
 * lendThreads(worker);
 * worker.onmessage = ({ data }) => {
 *   console.log(data);
 *   worker.terminate();
 * };
 * worker.postMessage("It was a dark and <mask> night.");
 * ```
 */
export function lendThreads(worker: Worker): void {
  if (!isIsolated()) return;
  const { port1: own, port2: port } = new MessageChannel();
  const lock = crypto.randomUUID();
  const threads = new Map<string, Worker>();
  const end = (id: string) => {
    threads.get(id)?.terminate();
    threads.delete(id);
  };
  own.onmessage = ({ data: wish }: MessageEvent<Wish>) => {
    if ("isHeld" in wish) {
      // Given as soon as the worker has ended.
      hold(lock, () => {
        own.close();
        [...threads.keys()].forEach(end);
      });
    } else if ("script" in wish) {
      const { id, script, port } = wish;
      const onError = (error: string) => own.postMessage({ id, error } satisfies Failure);
      try {
        const thread = startWebWorker(PRELUDE + script, { onMessage: () => {}, onError });
        threads.set(id, thread);
        thread.postMessage(port, [port]);
      } catch (error) {
        onError(String(error));
      }
    } else end(wish.id);
  };
  worker.postMessage({ [KEY]: { port, lock } satisfies Offer }, [port]);
}

/** Callbacks of the borrowed threads that run. */
const failures = new Map<string, WorkerEvents["onError"]>();
let isBorrowing = false;

/**
 * Takes the threads of this worker's `wasm` backends from its page, which calls
 * {@linkcode lendThreads}. Backends wait for that, and run on one thread, with a warning, if it does
 * not come within 20 seconds.
 *
 * Call it as the worker's script begins, before `onmessage` is set or anything is awaited: the first
 * message is not for others. In a page that is not isolated, and in Deno and Node, it does nothing.
 *
 * @throws {Error} If it is called in a page.
 *
 * @example In the worker
 * ```ts
 * import { borrowThreads } from "@lsg/core/threads";
 *
 * borrowThreads();
 * addEventListener("message", (event) => console.log((event as MessageEvent).data));
 * ```
 */
export function borrowThreads(): void {
  if ("document" in globalThis) {
    throw new Error("Cannot borrow threads in a page, which starts its own: wanted a worker of it");
  }
  if (isBorrowing || !isIsolated()) return;
  isBorrowing = true;
  const page = new Promise<MessagePort>((resolve) => {
    const take = (event: Event) => {
      const offer = (event as MessageEvent<{ [KEY]?: Offer } | null>).data?.[KEY];
      if (!offer) return;
      event.stopImmediatePropagation();
      removeEventListener("message", take);
      const { port, lock } = offer;
      port.onmessage = ({ data: { id, error } }: MessageEvent<Failure>) =>
        failures.get(id)?.(error);
      hold(lock, () => {
        port.postMessage({ isHeld: true } satisfies Wish);
        resolve(port);
        return new Promise(() => {});
      });
    };
    addEventListener("message", take);
  });
  startWorkersBy((script, events) => startLentThread(page, script, events));
}

/** Starts a thread in the page; as `Workers.start` does here. */
function startLentThread(
  page: Promise<MessagePort>,
  script: string,
  { onMessage, onError }: WorkerEvents,
): RunningWorker {
  const id = crypto.randomUUID();
  const { port1: own, port2: port } = new MessageChannel();
  const end = () => {
    failures.delete(id);
    own.close();
    page.then((page) => page.postMessage({ id } satisfies Wish));
  };
  own.onmessage = ({ data }: MessageEvent<LentMessage>) => data.isOver ? end() : onMessage(data);
  failures.set(id, onError);
  page.then((page) => page.postMessage({ id, script, port } satisfies Wish, [port]));
  return { postMessage: (message) => own.postMessage(message), terminate: end };
}
