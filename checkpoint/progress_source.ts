import type { CheckpointFile, CheckpointSource } from "./source.ts";

/** What loading tells about itself, with transformers.js's names. */
export interface ProgressInfo {
  /** `initiate` when a file is opened, `progress` as it is read, `done` when all is. */
  readonly status: "initiate" | "progress" | "done";
  /** The checkpoint. */
  readonly name: string;
  /** The file. */
  readonly file: string;
  /** Bytes read so far. */
  readonly loaded: number;
  /** Bytes in all. */
  readonly total: number;
  /** Percent of the bytes. */
  readonly progress: number;
}

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
 * assertEquals(seen, ["initiate", "progress", "done"]);
 * ```
 */
export class ProgressSource implements CheckpointSource {
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
    let loaded = 0;
    const tell = (status: ProgressInfo["status"]) => {
      const progress = file.size === 0 ? 100 : 100 * loaded / file.size;
      this.#callback({
        status,
        name: this.name,
        file: fileName,
        loaded,
        total: file.size,
        progress,
      });
    };
    tell("initiate");
    return {
      name: file.name,
      size: file.size,
      read: async (start, end) => {
        const bytes = await file.read(start, end);
        // A tensor that is read again, a tied copy, is not counted twice.
        loaded = Math.min(file.size, loaded + bytes.length);
        tell("progress");
        if (loaded === file.size) tell("done");
        return bytes;
      },
    };
  }
}
