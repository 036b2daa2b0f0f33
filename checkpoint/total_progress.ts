/**
 * Progress of all files of a checkpoint together.
 *
 * @module
 */
import type { FileAmount, ProgressInfo } from "./progress_source.ts";

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
  readonly #callback: (info: ProgressInfo) => void;
  readonly #files = new Map<string, FileAmount>();

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

  /** Takes the progress of a file. */
  readonly report = (info: ProgressInfo): void => {
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
