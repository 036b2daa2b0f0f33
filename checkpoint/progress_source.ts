import type { CheckpointFile, CheckpointSource } from "./source.ts";

/** Which file of which checkpoint. */
export interface ProgressFile {
  /** The checkpoint. */
  readonly name: string;
  /** The file. */
  readonly file: string;
}

/** How much of a file has been read. */
export interface ProgressAmount {
  /** Bytes read so far. */
  readonly loaded: number;
  /** Bytes in all. */
  readonly total: number;
  /** Percent of the bytes. */
  readonly progress: number;
}

/**
 * What loading tells about itself, as transformers.js does: `initiate` when a file is asked for,
 * `download` when it is there and begins to be read, `progress` as it is, `done` once all of it is
 * (weights that the model leaves out are not read), and `ready` when a pipeline is.
 */
export type ProgressInfo =
  | ProgressFile & { readonly status: "initiate" | "download" | "done" }
  | ProgressFile & ProgressAmount & { readonly status: "progress" }
  | { readonly status: "ready"; readonly task: string; readonly model: string };

/**
 * A source that tells how much of each file has been read.
 *
 * @example
 * ```ts
 * import { MemorySource, ProgressSource, readText } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const seen: string[] = [];
 * const files = new MemorySource({ "config.json": "{}" });
 * const source = new ProgressSource(files, ({ status }) => seen.push(status));
 * await readText(source, "config.json");
 * assertEquals(seen, ["initiate", "download", "progress", "done"]);
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
   * @param source Where the files are.
   * @param callback Called when a file is opened and whenever a part of it has been read.
   */
  constructor(source: CheckpointSource, callback: (info: ProgressInfo) => void) {
    this.name = source.name;
    this.#source = source;
    this.#callback = callback;
  }

  /**
   * Opens a file.
   *
   * @param fileName Its plain name.
   * @returns The file, or undefined if there is none of that name.
   */
  async open(fileName: string): Promise<CheckpointFile | undefined> {
    const file = await this.#source.open(fileName);
    if (file === undefined) return undefined;
    const about = { name: this.name, file: fileName };
    this.#callback({ status: "initiate", ...about });
    return tellReads(file, about, this.#callback);
  }
}

/**
 * A file that tells how much of it has been read.
 *
 * @param file The file.
 * @param about Which file it is.
 * @param callback Called at once, and whenever a part of the file has been read.
 * @returns The same file.
 */
export function tellReads(
  file: CheckpointFile,
  about: ProgressFile,
  callback: (info: ProgressInfo) => void,
): CheckpointFile {
  let loaded = 0;
  let isDone = false;
  const total = file.size;
  callback({ status: "download", ...about });
  return {
    ...file,
    read: async (start, end) => {
      const bytes = await file.read(start, end);
      // A tensor that is read again, a tied copy, is not counted twice.
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
