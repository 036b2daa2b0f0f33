/**
 * The log of a training as files: a line of JSON for each entry, and curves.
 *
 * @module
 */
import { appendToFile, replaceFile } from "../checkpoint/disk.ts";
import { drawCurves } from "./curves.ts";
import type { LogEntry } from "./trainer_state.ts";

/** `metrics.jsonl` and `curves.svg` in the folder of a training. */
export class TrainingLog {
  readonly #folder: string;
  #hasBegun = false;

  /**
   * Names the files.
   *
   * @param folder The folder, which must exist when they are written.
   */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Begins with the entries of a checkpoint: lines after it are of a run that was ended. */
  async begin(entries: readonly LogEntry[]): Promise<void> {
    await replaceFile(this.#metrics, encode(entries.map(formatLine).join("")));
    this.#hasBegun = true;
  }

  /** Adds an entry; before the beginning nothing, as {@linkcode begin} writes all entries so far. */
  async append(entry: LogEntry): Promise<void> {
    if (this.#hasBegun) await appendToFile(this.#metrics, encode(formatLine(entry)));
  }

  /** Draws the curves of all entries; nothing if there is nothing to draw. */
  async draw(entries: readonly LogEntry[]): Promise<void> {
    const svg = drawCurves(entries);
    if (svg !== undefined) await replaceFile(`${this.#folder}/curves.svg`, encode(svg));
  }

  get #metrics(): string {
    return `${this.#folder}/metrics.jsonl`;
  }
}

function formatLine(entry: LogEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

function encode(text: string): Uint8Array[] {
  return [new TextEncoder().encode(text)];
}
