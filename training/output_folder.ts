/**
 * The checkpoints in the folder of a training: each is there whole or not at all.
 *
 * @module
 */
import { showName } from "../base/show_value.ts";
import { flushFolder, listFolders, makeFolder, movePath, removePath } from "../checkpoint/disk.ts";
import { findCode } from "../checkpoint/system_errors.ts";

const CHECKPOINT = /^checkpoint-(\d{1,15})$/;

/** Folders that a killed process has left behind. */
const UNFINISHED = /^tmp-(old-)?checkpoint-\d{1,15}$/;

/** Codes of errors that a folder gives only if it is changed by others. */
const FOREIGN: readonly string[] = ["EEXIST", "ENOENT", "ENOTEMPTY"];

/** A folder with checkpoints `checkpoint-N`, where `N` is a number of steps. */
export class OutputFolder {
  /** Its path. */
  readonly path: string;

  /**
   * Names a folder.
   *
   * @param path Its path; it need not exist.
   */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * Lists the checkpoints.
   *
   * @returns The numbers of their steps, ascending.
   */
  async checkpoints(): Promise<number[]> {
    const names = await listFolders(this.path);
    const steps = names.flatMap((name) => name.match(CHECKPOINT)?.[1] ?? []).map(Number);
    return steps.sort((a, b) => a - b);
  }

  /**
   * The path of a checkpoint.
   *
   * @param step The number of steps.
   * @returns The path of its folder.
   */
  pathOf(step: number): string {
    return `${this.path}/checkpoint-${step}`;
  }

  /** Makes the folder, and removes what a killed process has left unfinished. */
  async prepare(): Promise<void> {
    await makeFolder(this.path);
    for (const name of await listFolders(this.path)) {
      if (UNFINISHED.test(name)) await removePath(`${this.path}/${name}`);
    }
  }

  /** Removes all checkpoints. */
  async clear(): Promise<void> {
    for (const step of await this.checkpoints()) await this.remove(step);
  }

  /**
   * Writes a checkpoint under another name, then renames it. One of the same step is replaced.
   *
   * @param step The number of steps.
   * @param write Writes the files to the folder that it is called with, which does not exist yet.
   * @throws {Error} If something else changes these folders meanwhile.
   */
  async save(step: number, write: (folder: string) => Promise<void>): Promise<void> {
    try {
      await this.#save(step, write);
    } catch (cause) {
      if (!FOREIGN.includes(findCode(cause) ?? "")) throw cause;
      throw new Error(
        `Cannot save ${
          showName(this.pathOf(step))
        }: files came or went meanwhile, wanted a folder ` +
          "that no other training writes to",
        { cause },
      );
    }
  }

  async #save(step: number, write: (folder: string) => Promise<void>): Promise<void> {
    const [path, fresh, old] = [
      this.pathOf(step),
      ...["", "old-"].map((kind) => `${this.path}/tmp-${kind}checkpoint-${step}`),
    ];
    await removePath(fresh);
    try {
      await write(fresh);
      await flushFolder(fresh);
    } catch (error) {
      await removePath(fresh).catch(() => {}); // the first error says more
      throw error;
    }
    const exists = (await this.checkpoints()).includes(step);
    if (exists) {
      await removePath(old);
      await movePath(path, old);
    }
    await movePath(fresh, path);
    if (exists) await removePath(old);
  }

  /**
   * Removes a checkpoint; it is no checkpoint any more before its files go.
   *
   * @param step The number of steps.
   */
  async remove(step: number): Promise<void> {
    const old = `${this.path}/tmp-old-checkpoint-${step}`;
    await removePath(old);
    await movePath(this.pathOf(step), old);
    await removePath(old);
  }

  /**
   * Removes the oldest checkpoints. Those of more steps than the last one are another run's, from
   * before this one was resumed, and go first. The best one and the last one, from which a training
   * can be resumed, stay; so there may be two where one is asked for.
   *
   * @param limit Checkpoints that may stay; absent: all.
   * @param best The steps of the best one, if there is one.
   * @param last The steps of the one that was saved last.
   */
  async rotate(limit: number | undefined, best: number | undefined, last: number): Promise<void> {
    if (limit === undefined) return;
    const steps = await this.checkpoints();
    const kept = limit === 1 && best !== undefined && best !== last ? 2 : limit;
    const removable = steps.filter((step) => step !== best && step !== last);
    const byAge = [
      ...removable.filter((step) => step > last),
      ...removable.filter((step) => step < last),
    ];
    const excess = Math.max(0, steps.length - kept);
    for (const step of byAge.slice(0, excess)) await this.remove(step);
  }
}

/**
 * The number of steps in the path of a checkpoint.
 *
 * @param path The path.
 * @returns The number; undefined if it is not the path of one.
 */
export function stepOf(path: string | null): number | undefined {
  const step = path?.split(/[/\\]/).at(-1)?.match(CHECKPOINT)?.[1];
  return step === undefined ? undefined : Number(step);
}
