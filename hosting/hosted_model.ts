/**
 * A model in a thread of its own, so that the thread that asks is never blocked.
 *
 * @module
 */
import { env } from "../hub/env.ts";
import {
  type Answered,
  type BatchReport,
  fromFailure,
  type FromThread,
  type ModelInfo,
  type ModelRequest,
  type ToThread,
} from "./model_call.ts";
import type { Method } from "./tasks.ts";
import { startThread, type WorkerThread } from "./worker_thread.ts";

const THREAD = new URL("./model_thread", import.meta.url);

/** What a call ends with: the answers to its items, in order, or the error of the first that failed. */
interface PendingCall {
  readonly answers: Answered[];
  left: number;
  readonly onText?: (text: string) => void;
  resolve(answers: Answered[]): void;
  reject(error: unknown): void;
}

/** The thread of a model ended before it answered. */
export class ThreadEnded extends Error {
  /** Name of the class. */
  override readonly name = "ThreadEnded";
}

/** Callbacks of a hosted model. */
export interface HostedModelEvents {
  /** Called after each batch. */
  readonly onBatch?: (report: BatchReport) => void;
  /** Called if the thread dies; all calls have failed. */
  readonly onEnd?: (error: Error) => void;
}

/** A model that runs in a thread of its own. */
export class HostedModel {
  /** What is known of it. */
  readonly info: ModelInfo;
  readonly #thread: WorkerThread;
  readonly #calls: Map<number, PendingCall>;
  #next = 0;
  #closing: Promise<void> | undefined;
  #closed: (() => void) | undefined;
  #failure: Error | undefined;

  private constructor(thread: WorkerThread, info: ModelInfo, calls: Map<number, PendingCall>) {
    this.#thread = thread;
    this.#calls = calls;
    this.info = info;
  }

  /**
   * Starts a thread that loads a model.
   *
   * @param request Checkpoint, task and options.
   * @param events Callbacks.
   * @param signal Ends the thread while it loads.
   * @returns The loaded model; the caller closes it.
   * @throws {RangeError | TypeError | SyntaxError} If it cannot be loaded.
   * @throws The signal's reason, if it was aborted.
   */
  static async load(
    request: ModelRequest,
    events: HostedModelEvents = {},
    signal?: AbortSignal,
  ): Promise<HostedModel> {
    signal?.throwIfAborted();
    let stop = () => {};
    const loading = new Promise<HostedModel>((resolve, reject) => {
      const calls = new Map<number, PendingCall>();
      let model: HostedModel | undefined;
      const end = (error: Error) => {
        reject(error);
        if (!model) return;
        model.#failure = error;
        model.#closed?.();
        for (const call of calls.values()) call.reject(error);
        calls.clear();
        events.onEnd?.(error);
      };
      const thread = startThread<FromThread>(THREAD, {
        onMessage: (message) => {
          if ("info" in message) {
            model = new HostedModel(thread, message.info, calls);
            resolve(model);
          } else if ("failed" in message) {
            thread.terminate();
            reject(fromFailure(message.failed));
          } else if ("batch" in message) events.onBatch?.(message.batch);
          else if ("closed" in message) model!.#closed?.();
          else settle(calls, message);
        },
        onEnd: (reason) =>
          end(new ThreadEnded(`The thread of ${request.checkpoint} died: ${reason}`)),
      });
      stop = () => {
        thread.terminate();
        reject(signal!.reason);
      };
      // A function cannot be sent: the thread fetches by its own.
      const { fetch: _, cacheDir, ...settings } = env;
      const sent = { ...settings, cacheDir: cacheDir instanceof URL ? cacheDir.href : cacheDir };
      thread.post({ load: request, env: sent } satisfies ToThread);
    });
    signal?.addEventListener("abort", stop);
    try {
      return await loading;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Number of calls that are not answered. */
  get calls(): number {
    return this.#calls.size;
  }

  /**
   * Asks the model.
   *
   * @param method What it is asked.
   * @param items The items, each of which is queued by itself.
   * @param options Options of the method.
   * @param signal Cancels the call, whether it waits or runs.
   * @param onText Called with pieces of what `generate` writes, of one item.
   * @returns An answer for each item, in order.
   * @throws {RangeError | TypeError} If an item or an option is refused, the first of them.
   * @throws The signal's reason, if it was aborted.
   */
  run(
    method: Method,
    items: readonly unknown[],
    options: Readonly<Record<string, unknown>> = {},
    signal?: AbortSignal,
    onText?: (text: string) => void,
  ): Promise<Answered[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      if (signal?.aborted) return reject(signal.reason);
      if (items.length === 0) return resolve([]);
      const call = this.#next++;
      const forget = () => {
        this.#calls.delete(call);
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        forget();
        this.#post({ cancel: call });
        reject(signal!.reason);
      };
      signal?.addEventListener("abort", abort);
      this.#calls.set(call, {
        answers: new Array(items.length),
        left: items.length,
        onText,
        resolve: (answers) => {
          forget();
          resolve(answers);
        },
        reject: (error) => {
          forget();
          // The other items of the call are of no use.
          if (!this.#failure) this.#post({ cancel: call });
          reject(error);
        },
      });
      try {
        this.#post({ call, method, items, options, streams: onText !== undefined });
      } catch (error) {
        forget(); // a function, say, cannot be sent
        reject(error);
      }
    });
  }

  /** Waits for what runs and waits, and ends the thread. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    if (!this.#failure) {
      await new Promise<void>((resolve) => {
        this.#closed = resolve;
        this.#post({ close: true });
      });
    }
    this.#thread.terminate();
  }

  /** Ends the thread at once; calls fail. */
  terminate(): void {
    this.#thread.terminate();
    this.#failure ??= new ThreadEnded(`The thread of ${this.info.checkpoint} was ended`);
    for (const call of [...this.#calls.values()]) call.reject(this.#failure);
    this.#closed?.();
  }

  #post(message: ToThread): void {
    this.#thread.post(message);
  }
}

function settle(
  calls: ReadonlyMap<number, PendingCall>,
  message: Extract<FromThread, { call: number }>,
): void {
  const call = calls.get(message.call);
  if (!call) return;
  if ("failure" in message) return call.reject(fromFailure(message.failure));
  if ("text" in message) return call.onText?.(message.text);
  const { result, tokens, isCut } = message;
  call.answers[message.index] = { result, tokens, isCut };
  if (--call.left === 0) call.resolve(call.answers);
}
