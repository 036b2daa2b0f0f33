/**
 * Files that appear under their name only when they are complete.
 *
 * @module
 */
import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { readlink, realpath, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { removeQuietly, withCleanup } from "./cleanup.ts";
import { explainFileError, ifExists, withReason } from "./file_errors.ts";

/** Content of a file. */
export type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Asserts that a file can be written, before the work whose result it will hold. Nothing is left
 * behind.
 *
 * @param path The file.
 * @throws {Error} If it cannot be written, or is a folder.
 */
export async function checkOutput(path: string): Promise<void> {
  await withReason("write", path, check(path));
}

async function check(path: string): Promise<void> {
  const { target, exists, isSpecial } = await locate(path);
  if (exists) closeSync(openSync(target, "r+"));
  if (isSpecial) return;
  const aside = asidePath(target);
  try {
    closeSync(openSync(aside, "wx"));
    rmSync(aside);
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (exists) return;
    closeSync(openSync(target, "wx"));
    rmSync(target);
  }
}

/**
 * Writes a file under another name in its folder and renames it. A failure or a signal leaves what
 * was there before.
 *
 * @param path The file; a link is followed, a device or a pipe is written directly.
 * @param content Text or bytes; what reading them throws is thrown, and nothing is written.
 * @throws {Error} If it cannot be written. If only the renaming fails, the complete file is kept,
 * and the message names it.
 */
export async function writeAside(path: string, content: Content): Promise<void> {
  const { target, mode, isSpecial } = await withReason("write", path, locate(path));
  if (isSpecial) return await withReason("write", path, writeFile(target, content));
  const aside = asidePath(target);
  const remove = () => removeQuietly(aside);
  await withCleanup(remove, async () => {
    try {
      await writeFile(aside, content, { flag: "wx", mode });
    } catch (error) {
      // A permission for the file alone.
      if (isRefused(error)) return await withReason("write", path, writeFile(target, content));
      remove();
      throw explainFileError("write", path, error);
    }
    try {
      renameSync(aside, target);
    } catch (error) {
      const { message } = explainFileError("write", path, error);
      throw new Error(`${message}; the complete file is ${aside}`, { cause: error });
    }
  });
}

/** Follows links, and finds out what is there. */
async function locate(path: string) {
  const target = await followLinks(path);
  const found = await ifExists(stat(target));
  if (found?.isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
  return {
    target,
    exists: found !== undefined,
    isSpecial: found !== undefined && !found.isFile(),
    mode: found && found.mode & 0o777,
  };
}

/**
 * Follows links, also to a file that does not exist yet.
 *
 * @param path The path of a file.
 * @returns The path of the file that would be written.
 * @throws {Error} The system's, if a link leads back to itself.
 */
export async function followLinks(path: string): Promise<string> {
  const found = await ifExists(realpath(path));
  if (found !== undefined) return found;
  const link = await readlink(path).catch(() => undefined); // it is none
  return link === undefined ? path : followLinks(resolve(await realpath(dirname(path)), link));
}

/** A short name: one derived from the file's could be too long. */
function asidePath(target: string): string {
  return `${dirname(target)}/.writing-${crypto.randomUUID().slice(0, 8)}`;
}

/** Whether Deno lacks a permission. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && error.name === "NotCapable";
}
