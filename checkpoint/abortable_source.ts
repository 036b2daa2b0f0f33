import type { CheckpointFile, CheckpointSource } from "./source.ts";

/**
 * A source that stops opening and reading files once a signal is aborted.
 */
export class AbortableSource implements CheckpointSource {
  /** Name of the source, for error messages. */
  readonly name: string;
  readonly #source: CheckpointSource;
  readonly #signal: AbortSignal;
  readonly #endsItself: boolean;

  /**
   * Wraps a source.
   *
   * @param source The source of the files.
   * @param signal Makes every later call reject with its reason, and every one that has not ended.
   * @param endsItself Whether the source ends opening by the same signal, tidily, and is waited for.
   */
  constructor(source: CheckpointSource, signal: AbortSignal, endsItself = false) {
    this.name = source.name;
    this.#source = source;
    this.#signal = signal;
    this.#endsItself = endsItself;
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
    const file = await this.#look(() => this.#source.open(fileName));
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
    const files = await this.#look(() => this.#source.list?.(under));
    return files && new Map([...files].map(([path, file]) => [path, this.#abortable(file)]));
  }

  #abortable(file: CheckpointFile): CheckpointFile {
    return {
      name: file.name,
      size: file.size,
      ownsReads: file.ownsReads,
      read: (start, end) => this.#untilAborted(() => file.read(start, end)),
    };
  }

  /** Looks for files. */
  async #look<Found>(run: () => Found): Promise<Awaited<Found>> {
    if (!this.#endsItself) return await this.#untilAborted(run);
    this.#signal.throwIfAborted();
    return await run();
  }

  /** Does not wait for what may never come. */
  async #untilAborted<Result>(run: () => Result): Promise<Awaited<Result>> {
    const signal = this.#signal;
    signal.throwIfAborted();
    let stop!: () => void;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop);
    });
    aborted.catch(() => {}); // what throws at once is what the caller gets
    try {
      return await Promise.race([run(), aborted]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
}
