import type { CheckpointFile, CheckpointSource } from "./source.ts";

/**
 * A source that stops opening and reading files once a signal is aborted.
 *
 * @example
 * ```ts
 * import { AbortableSource, MemorySource } from "@lsg/core/checkpoint";
 * import { assertRejects } from "@std/assert";
 *
 * const controller = new AbortController();
 * const source = new AbortableSource(new MemorySource({ "vocab.txt": "a" }), controller.signal);
 * const file = await source.open("vocab.txt");
 * controller.abort(new Error("no longer needed"));
 * await assertRejects(() => file!.read(0, 1), Error, "no longer needed");
 * ```
 */
export class AbortableSource implements CheckpointSource {
  /** Name of the source, for error messages. */
  readonly name: string;
  readonly #source: CheckpointSource;
  readonly #signal: AbortSignal;

  /**
   * Wraps a source.
   *
   * @param source The source of the files.
   * @param signal Makes every later call reject with its reason, and every read that has not ended.
   */
  constructor(source: CheckpointSource, signal: AbortSignal) {
    this.name = source.name;
    this.#source = source;
    this.#signal = signal;
  }

  /** As of the source. */
  get version(): string | undefined {
    return this.#source.version;
  }

  /**
   * Opens a file.
   *
   * @param fileName Its plain name.
   * @returns The file, or undefined if it does not exist.
   * @throws The signal's reason, if it is aborted; and from each read of the file.
   */
  async open(fileName: string): Promise<CheckpointFile | undefined> {
    this.#signal.throwIfAborted();
    const file = await this.#source.open(fileName); // a download that is aborted ends tidily
    return file && this.#abortable(file);
  }

  /**
   * Lists all files.
   *
   * @param under As in the source.
   * @returns The files by path; undefined if they cannot be listed.
   * @throws The signal's reason, if it is aborted; and from each read of a file.
   */
  async list(under?: string): Promise<ReadonlyMap<string, CheckpointFile> | undefined> {
    this.#signal.throwIfAborted();
    const files = await this.#source.list?.(under);
    return files && new Map([...files].map(([path, file]) => [path, this.#abortable(file)]));
  }

  #abortable(file: CheckpointFile): CheckpointFile {
    return {
      name: file.name,
      size: file.size,
      ownsReads: file.ownsReads,
      read: (start, end) => this.#read(file, start, end),
    };
  }

  /** Reads, but does not wait for bytes that may never come. */
  async #read(file: CheckpointFile, start: number, end: number): Promise<Uint8Array> {
    const signal = this.#signal;
    signal.throwIfAborted();
    let stop!: () => void;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop);
    });
    aborted.catch(() => {}); // a read that throws at once is what the caller gets
    try {
      return await Promise.race([file.read(start, end), aborted]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
}
