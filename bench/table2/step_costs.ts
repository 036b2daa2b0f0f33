/**
 * What updates of a training cost.
 *
 * @module
 */
import { median } from "../measure.ts";
import { readProcessMemory } from "../process_memory.ts";

/** What updates cost, in a file, so that a training that was interrupted has those before, too. */
export class StepCosts {
  readonly #path: string;
  readonly #passages: number;
  #began = 0;

  private constructor(path: string, passages: number) {
    this.#path = path;
    this.#passages = passages;
  }

  /**
   * Opens the file.
   *
   * @param path Its path; the folder need not exist.
   * @param passages Passages of an update.
   * @param resumes Whether the training goes on; else costs of an earlier one are removed.
   * @returns The costs.
   */
  static async open(path: string, passages: number, resumes: boolean): Promise<StepCosts> {
    if (!resumes) {
      await Deno.remove(path).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
    return new StepCosts(path, passages);
  }

  /** Begins an update. */
  begin(): void {
    this.#began = performance.now();
  }

  /**
   * Ends an update.
   *
   * @returns Its seconds.
   */
  async end(): Promise<number> {
    const seconds = (performance.now() - this.#began) / 1000;
    const line = JSON.stringify([seconds, readProcessMemory().peak]);
    await Deno.writeTextFile(this.#path, `${line}\n`, { append: true });
    return seconds;
  }

  /**
   * Reads all updates.
   *
   * @returns Median seconds of a passage, and the peak memory of the process in 2²⁰ bytes.
   */
  async read(): Promise<{ seconds: number; megabytes: number }> {
    const lines = (await Deno.readTextFile(this.#path)).trimEnd().split("\n");
    const costs: [seconds: number, megabytes: number][] = lines.map((line) => JSON.parse(line));
    return {
      seconds: median(costs.map(([seconds]) => seconds)) / this.#passages,
      megabytes: Math.max(...costs.map(([, megabytes]) => megabytes)),
    };
  }
}
