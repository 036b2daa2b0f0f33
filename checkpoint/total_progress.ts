/**
 * Progress of all files of a checkpoint together.
 *
 * @module
 */
import {
  type FileAmount,
  type ProgressFile,
  type ProgressInfo,
  ProgressSource,
} from "./progress_source.ts";
import type { CheckpointSource } from "./source.ts";

/**
 * Adds up the progress of files: before each `progress` of one, a `progress_total` of all that are
 * known so far.
 *
 * @example
 * ```ts
 * import { MemorySource, ProgressSource, readText, TotalProgress } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const percents: number[] = [];
 * const total = new TotalProgress((info) => {
 *   if (info.status === "progress_total") percents.push(info.progress);
 * });
 * total.expect("model.safetensors", 98);
 * const source = new ProgressSource(new MemorySource({ "config.json": "{}" }), total.report);
 * await readText(source, "config.json");
 * assertEquals(percents, [2]);
 * ```
 */
export class TotalProgress {
  #callback: (info: ProgressInfo) => void;
  readonly #files = new Map<string, FileAmount>();
  /** Files of which reading has begun and not ended. */
  readonly #open = new Map<string, ProgressFile>();

  /**
   * Creates a total of no files.
   *
   * @param callback Called with the progress of each file and of all.
   */
  constructor(callback: (info: ProgressInfo) => void) {
    this.#callback = callback;
  }

  /**
   * Counts a file that will be read, so that the total does not grow when it is.
   *
   * @param file Its name.
   * @param total Its size in bytes.
   */
  expect(file: string, total: number): void {
    if (!this.#files.has(file)) this.#files.set(file, { loaded: 0, total });
  }

  /**
   * Counts the files that will be read.
   *
   * @param lists Lists of names; of each, the first file that there is counts.
   * @param sizeOf Finds the size of a file; undefined if there is none, or its size is unknown.
   */
  async expectFirst(
    lists: readonly (readonly string[])[],
    sizeOf: (file: string) => Promise<number | undefined>,
  ): Promise<void> {
    for (const names of lists) {
      for (const name of names) {
        const size = await sizeOf(name);
        if (size === undefined) continue;
        this.expect(name, size);
        break;
      }
    }
  }

  /**
   * Counts the reading of a source's files.
   *
   * @param source The files.
   * @returns The same, for reading.
   */
  watch(source: CheckpointSource): CheckpointSource {
    return new ProgressSource(source, this.report);
  }

  /** Ends the files that were not read to their end, as of a part of the weights. */
  finish(): void {
    for (const { name, file } of this.#open.values()) {
      const { loaded, total } = this.#files.get(file) ?? { loaded: 0, total: 0 };
      const about = { name, file };
      if (loaded < total) {
        this.report({ status: "progress", ...about, loaded: total, total, progress: 100 });
      }
      this.report({ status: "done", ...about });
    }
  }

  /** Reports nothing any more. */
  close(): void {
    this.#callback = () => {};
  }

  /** Takes the progress of a file. */
  readonly report = (info: ProgressInfo): void => {
    if (info.status === "initiate") this.#open.set(info.file, info);
    if (info.status === "done") this.#open.delete(info.file);
    if (info.status === "progress") {
      const { name, file } = info;
      this.#files.set(file, { loaded: info.loaded, total: info.total });
      const amounts = [...this.#files.values()];
      const loaded = amounts.reduce((sum, amount) => sum + amount.loaded, 0);
      const total = amounts.reduce((sum, amount) => sum + amount.total, 0);
      const progress = total === 0 ? 100 : 100 * loaded / total;
      const files = Object.fromEntries(
        [...this.#files].map(([file, amount]) => [file, { ...amount }]),
      );
      this.#callback({ status: "progress_total", name, loaded, total, progress, files });
    }
    this.#callback(info);
  };
}
