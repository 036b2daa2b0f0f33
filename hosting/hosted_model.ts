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

/** Milliseconds that a thread has to end by itself; one that computes without a pause reads no message. */
const GRACE = 1000;

/** A model that runs in a thread of its own. */
export class HostedModel {
  readonly #checkpoint: string;
  readonly #events: HostedModelEvents;
  readonly #thread: WorkerThread;
  readonly #calls = new Map<number, PendingCall>();
  readonly #loaded: Promise<void>;
  /** Resolves when the thread has disposed of the model, or is dead. */
  readonly #disposed: Promise<void>;
  #info: ModelInfo | undefined;
  #next = 0;
  #closing: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #failure: Error | undefined;
  #noteLoaded = () => {};
  #refuse: (error: unknown) => void = () => {};
  #noteDisposed = () => {};

  private constructor(checkpoint: string, events: HostedModelEvents) {
    this.#checkpoint = checkpoint;
    this.#events = events;
    this.#loaded = new Promise((resolve, reject) => {
      this.#noteLoaded = resolve;
      this.#refuse = reject;
    });
    this.#disposed = new Promise((resolve) => {
      this.#noteDisposed = resolve;
    });
    this.#thread = startThread<FromThread>(THREAD, {
      onMessage: (message) => this.#take(message),
      onEnd: (reason) => this.#die(reason),
    });
  }

  /**
   * Starts a thread that loads a model.
   *
   * @param request Checkpoint, task and options.
   * @param events Callbacks.
   * @param signal Ends the thread while it loads.
   * @returns The loaded model; the caller closes it.
   * @throws {RangeError | TypeError | SyntaxError} If it cannot be loaded; `TypeError` if an option is or
   * holds a function, which cannot be sent to a thread.
   * @throws The signal's reason, if it was aborted, when the thread has ended.
   */
  static async load(
    request: ModelRequest,
    events: HostedModelEvents = {},
    signal?: AbortSignal,
  ): Promise<HostedModel> {
    signal?.throwIfAborted();
    const model = new HostedModel(request.checkpoint, events);
    const stop = () => model.#refuse(signal!.reason);
    signal?.addEventListener("abort", stop);
    try {
      model.#send(request);
      await model.#loaded;
      return model;
    } catch (error) {
      await model.terminate();
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** What is known of it. */
  get info(): ModelInfo {
    return this.#info!;
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
   * @throws {ThreadEnded} If the thread has ended, or is being closed.
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
      if (this.#closing) {
        return reject(new ThreadEnded(`The thread of ${this.#checkpoint} is being closed`));
      }
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

  /** Waits for what runs and waits, and ends the thread; later calls are refused. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    if (!this.#failure) {
      this.#post({ close: true });
      await this.#disposed;
    }
    await this.terminate();
  }

  /**
   * Ends the thread without waiting for what runs: calls fail at once.
   *
   * @returns A promise that resolves when the thread has ended, after a second at most.
   */
  terminate(): Promise<void> {
    this.#fail(new ThreadEnded(`The thread of ${this.#checkpoint} was ended`));
    return this.#ending ??= this.#end();
  }

  async #end(): Promise<void> {
    // Deno would leave the threads of its backend waiting, with their memory.
    this.#post({ dispose: true });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE);
    });
    await Promise.race([this.#disposed, late]);
    clearTimeout(timer);
    await this.#thread.terminate();
    this.#noteDisposed();
  }

  /** Has the thread load a model. */
  #send(request: ModelRequest): void {
    // A function cannot be sent: the thread fetches by its own.
    const { fetch: _, cacheDir, ...settings } = env;
    const sent = { ...settings, cacheDir: cacheDir instanceof URL ? cacheDir.href : cacheDir };
    try {
      this.#post({ load: request, env: sent });
    } catch (cause) {
      const message =
        `Cannot send the options of ${this.#checkpoint} to a thread: wanted numbers, ` +
        "strings, flags, and objects of these; a function cannot be sent";
      this.#refuse(new TypeError(message, { cause }));
    }
  }

  /** Takes a message of the thread. */
  #take(message: FromThread): void {
    if ("info" in message) {
      this.#info = message.info;
      this.#noteLoaded();
    } else if ("failed" in message) this.#refuse(fromFailure(message.failed));
    else if ("batch" in message) this.#events.onBatch?.(message.batch);
    else if ("disposed" in message) this.#noteDisposed();
    else settle(this.#calls, message);
  }

  /** Notes that the thread failed, or ended by itself. */
  #die(reason: string): void {
    const error = new ThreadEnded(`The thread of ${this.#checkpoint} died: ${reason}`);
    this.#noteDisposed();
    this.#refuse(error);
    if (this.#failure) return; // it was being ended
    this.#fail(error);
    if (this.#info) this.#events.onEnd?.(error);
  }

  /** Fails all calls, and those to come. */
  #fail(error: Error): void {
    this.#failure ??= error;
    for (const call of [...this.#calls.values()]) call.reject(this.#failure);
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
