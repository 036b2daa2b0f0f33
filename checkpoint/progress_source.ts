import { readRange } from "./read_range.ts";
import type { CheckpointFile, CheckpointSource } from "./source.ts";

/** Identifies a file of a checkpoint. */
export interface ProgressFile {
  /** Name of the checkpoint. */
  readonly name: string;
  /** Name of the file. */
  readonly file: string;
}

/** How much of a file is read. */
export interface FileAmount {
  /** Bytes read so far. */
  readonly loaded: number;
  /** Total bytes. */
  readonly total: number;
}

/** Progress of reading a file, or all files. */
export interface ProgressAmount extends FileAmount {
  /** Percent of the bytes. */
  readonly progress: number;
}

/**
 * Progress of loading, as reported by transformers.js: `initiate` when a file is requested,
 * `download` when reading begins, `progress` after each part, before it `progress_total` of all files
 * whose sizes are known, `done` once the whole file is read or the model is loaded, and `ready` when a
 * pipeline is.
 */
export type ProgressInfo =
  | ProgressFile & { readonly status: "initiate" | "download" | "done" }
  | ProgressFile & ProgressAmount & { readonly status: "progress" }
  | ProgressAmount & {
    readonly status: "progress_total";
    readonly name: string;
    readonly files: Readonly<Record<string, FileAmount>>;
  }
  | { readonly status: "ready"; readonly task: string; readonly model: string };

/**
 * A source that reports the progress of reading each file.
 *
 * @example
 * ```ts
 * import { MemorySource, ProgressSource, readText } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const statuses: string[] = [];
 * const files = new MemorySource({ "config.json": "{}" });
 * const source = new ProgressSource(files, ({ status }) => statuses.push(status));
 * await readText(source, "config.json");
 * assertEquals(statuses, ["initiate", "download", "progress", "done"]);
 * ```
 */
export class ProgressSource implements CheckpointSource {
  /** Name of the source, for error messages. */
  readonly name: string;
  readonly #source: CheckpointSource;
  readonly #callback: (info: ProgressInfo) => void;

  /**
   * Wraps a source.
   *
   * @param source The source of the files.
   * @param callback Called when a file is opened and after each read of it.
   */
  constructor(source: CheckpointSource, callback: (info: ProgressInfo) => void) {
    this.name = source.name;
    this.#source = source;
    this.#callback = callback;
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
   */
  async open(fileName: string): Promise<CheckpointFile | undefined> {
    const file = await this.#source.open(fileName);
    if (file === undefined) return undefined;
    const about = { name: this.name, file: fileName };
    this.#callback({ status: "initiate", ...about });
    return reportReads(file, about, this.#callback);
  }

  /**
   * Lists all files; reading them is not reported.
   *
   * @param under As in the source.
   * @returns The files by path; undefined if they cannot be listed.
   */
  async list(under?: string): Promise<ReadonlyMap<string, CheckpointFile> | undefined> {
    return await this.#source.list?.(under);
  }
}

/**
 * Reports the progress of reading a file.
 *
 * @param file The file.
 * @param about Identifies the file in the reports.
 * @param callback Called with `download` at once, with `progress` after each read, and with `done`
 * once as many bytes were read as there are.
 * @returns The same file, whose reads are reported.
 */
export function reportReads(
  file: CheckpointFile,
  about: ProgressFile,
  callback: (info: ProgressInfo) => void,
): CheckpointFile {
  let loaded = 0;
  let isDone = false;
  const total = file.size;
  callback({ status: "download", ...about });
  return {
    name: file.name,
    size: file.size,
    ownsReads: file.ownsReads,
    read: async (start, end) => {
      const bytes = await readRange(file, start, end);
      // A tied tensor may be read twice.
      loaded = Math.min(total, loaded + bytes.length);
      const progress = total === 0 ? 100 : 100 * loaded / total;
      callback({ status: "progress", ...about, loaded, total, progress });
      if (loaded === total && !isDone) {
        isDone = true;
        callback({ status: "done", ...about });
      }
      return bytes;
    },
  };
}
