/**
 * Writing of checkpoints to existing folders.
 *
 * @module
 */
import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { dirname, normalize, sep } from "node:path";
import { ifPresent } from "../checkpoint/disk.ts";
import { isCheckpointFile } from "../checkpoint/checkpoint_file.ts";
import { isFullDisk } from "../checkpoint/system_errors.ts";
import { removeQuietly, withCleanup } from "./cleanup.ts";
import { explainAnyError, explainFileError, ifExists, withReason } from "./file_errors.ts";

/** Returns whether a name is that of a folder with a module of sentence-transformers, or templates. */
function isCheckpointFolder(name: string): boolean {
  return /^\d+_[A-Z]\w*$/.test(name) || name === "additional_chat_templates";
}

/**
 * Returns whether a folder has files.
 *
 * @param folder Path of the folder.
 * @returns False if the folder is empty or does not exist.
 * @throws {RangeError} If the path is a file.
 */
export async function hasFiles(folder: string): Promise<boolean> {
  const found = await withReason("read", folder, ifExists(stat(folder)));
  if (found === undefined) return false;
  if (!found.isDirectory()) {
    throw new RangeError(`Cannot write to ${folder}: it is a file, wanted a folder`);
  }
  return (await withReason("read", folder, readdir(folder))).length > 0;
}

/**
 * Returns whether two paths denote the same folder.
 *
 * @param one Path of a folder.
 * @param other Path of another folder.
 * @returns False if one of them does not exist.
 */
export async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => ifPresent(stat(path))));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/**
 * Asserts that an older checkpoint in a folder can be replaced, before the work.
 *
 * @param folder The folder; it may be absent.
 * @throws {RangeError} If it holds a folder with the name of a checkpoint's file, which may be
 * anything.
 */
export async function checkReplaceable(folder: string): Promise<void> {
  const entries = await ifPresent(readdir(folder, { withFileTypes: true })) ?? [];
  const wrong = entries.find((entry) => entry.isDirectory() && isCheckpointFile(entry.name));
  if (wrong) throw notAFile(folder, wrong.name);
}

/**
 * Writes a checkpoint to a folder, aside in a folder of its own there, so that no permission for
 * the parent is needed and other files stay where they are. An older checkpoint is moved aside once
 * the new one is complete, and deleted once that stands. If a file cannot be moved, the older one is
 * moved back, and the new one stays aside.
 *
 * @param folder The folder; created if it does not exist, and removed again if writing fails.
 * @param save Writes the checkpoint to the folder that it is called with.
 * @returns A warning if the older checkpoint could not be deleted.
 * @throws {Error} If the folder cannot be created, or files cannot be moved; the message then names
 * the folder of the new checkpoint.
 */
export async function replaceCheckpoint(
  folder: string,
  save: (staging: string) => Promise<void>,
): Promise<string | undefined> {
  const made = await withReason("write", folder, mkdir(folder, { recursive: true }));
  const aside = await withReason("write", folder, mkdtemp(`${folder}/.converting-`));
  const [fresh, old] = [`${aside}/new`, `${aside}/old`];
  const undo = () => {
    removeQuietly(aside);
    if (made !== undefined) removeEmpty(folder, made);
  };
  await withCleanup(undo, async () => {
    try {
      await mkdir(old);
      await save(fresh);
    } catch (error) {
      undo();
      throw isFullDisk(error) ? explainFileError("write", folder, error) : error;
    }
    // Synchronous: no signal comes between.
    exchange(folder, fresh, old);
  });
  try {
    await rm(aside, { recursive: true, force: true });
    return undefined;
  } catch (error) {
    const { message } = explainFileError("write", aside, error);
    return `the older checkpoint could not be deleted, what is left of it is in ${old}: ${message}`;
  }
}

/** Moves the old checkpoint out of the folder and the new one in, or nothing. */
function exchange(folder: string, fresh: string, old: string): void {
  const moved: [from: string, to: string][] = [];
  try {
    for (const [from, to] of planMoves(folder, fresh, old)) {
      mkdirSync(dirname(to), { recursive: true });
      try {
        renameSync(from, to);
      } catch (error) {
        throw explainFileError("write", from, error);
      }
      moved.push([from, to]);
    }
  } catch (error) {
    throw new Error(
      `Cannot replace the checkpoint in ${folder}: ${explainAnyError(error)}; ` +
        `${moveBack(moved, old)}, the new one is complete in ${fresh}`,
      { cause: error },
    );
  }
}

/** Lists what moves where: the old config first and the new one last, so that no mixture loads. */
function planMoves(folder: string, fresh: string, old: string): [from: string, to: string][] {
  const added = (readdirSync(fresh, { recursive: true }) as string[])
    .filter((path) => !lstatSync(`${fresh}/${path}`).isDirectory());
  const whole = readdirSync(folder).filter((name) =>
    isCheckpointFile(name) || isCheckpointFolder(name)
  );
  // In folders that are not a checkpoint's own, other files stay.
  const same = added.filter((path) =>
    !whole.includes(path.split(/[/\\]/)[0]) &&
    lstatSync(`${folder}/${path}`, { throwIfNoEntry: false }) !== undefined
  );
  const replaced = [...whole, ...same];
  const wrong = replaced.find((path) =>
    !isCheckpointFolder(path) && lstatSync(`${folder}/${path}`).isDirectory()
  );
  if (wrong !== undefined) throw notAFile(folder, wrong);
  const isConfig = (path: string) => path === "config.json" ? 1 : 0;
  replaced.sort((a, b) => isConfig(b) - isConfig(a));
  added.sort((a, b) => isConfig(a) - isConfig(b));
  return [
    ...replaced.map((path): [string, string] => [`${folder}/${path}`, `${old}/${path}`]),
    ...added.map((path): [string, string] => [`${fresh}/${path}`, `${folder}/${path}`]),
  ];
}

/** Undoes moves, the last one first, and says where the older checkpoint is then. */
function moveBack(moved: readonly [from: string, to: string][], old: string): string {
  try {
    for (const [from, to] of moved.toReversed()) renameSync(to, from);
    removeQuietly(old);
    return "it is unchanged";
  } catch {
    return `files of the older one are in ${old}`;
  }
}

/** Removes the folders that were made, if they are empty: from the last up to `made`. */
function removeEmpty(folder: string, made: string): void {
  try {
    for (let path = normalize(folder);; path = dirname(path)) {
      rmdirSync(path);
      if (path === made || made.endsWith(`${sep}${path}`)) return;
    }
  } catch {
    // Something else is in it by now.
  }
}

function notAFile(folder: string, name: string): RangeError {
  return new RangeError(
    `Cannot replace the checkpoint in ${folder}: ${name} in it is a folder, wanted a file; move ` +
      "it away or choose another folder",
  );
}
