/**
 * Access to the local disk, in Deno and Node. Node's modules are asked for inside the functions, so
 * that this module also loads in a browser.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { showName } from "../base/show_value.ts";
import { type FileState, readInto, statPath } from "./read_files.ts";
import type { CheckpointFile } from "./source.ts";

/** Codes of errors that mean that a path names nothing. */
const ABSENT: readonly (string | undefined)[] = [
  "ENOENT",
  "ENOTDIR",
  "ENAMETOOLONG",
  "ERR_INVALID_ARG_VALUE", // A null byte.
];

/** Most bytes written in one call; the system's limit is 2 GiB. */
const MAX_CALL_BYTES = 2 ** 30;

/**
 * Opens a file for reading. Each read opens and closes the file, so there is nothing to dispose of.
 *
 * @param path The file's path.
 * @returns The file, or undefined if it does not exist.
 * @throws {RangeError} If it is something else: a folder, a pipe, a device, a socket, a link to
 * itself; and from a read beyond the end of the file.
 */
export async function openFile(path: string): Promise<CheckpointFile | undefined> {
  const name = showName(path);
  const found = await ifPresent(statPath(path)).catch((cause) => {
    if (cause.code !== "ELOOP") throw cause;
    throw new RangeError(`Cannot read ${name}: it is a link to itself (ELOOP), wanted a file`, {
      cause,
    });
  });
  if (found === undefined) return undefined;
  if (!found.isFile) {
    // A pipe or a device may never end, or wait for ever to be opened.
    const kind = found.isDirectory ? "a folder" : "a pipe, a device or a socket";
    throw new RangeError(`Cannot read ${name}: it is ${kind}, wanted a file`);
  }
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(end - start);
    if (await readInto(path, start, bytes) < bytes.length) {
      throw new RangeError(`Cannot read bytes ${start} to ${end} of ${name}: the file ends before`);
    }
    return bytes;
  };
  return { name, size: found.size, read, ownsReads: true };
}

/**
 * Lists the regular files in a folder and below it: those that links lead to, but not through links
 * to folders. Hidden files, whose names begin with a dot, are left out.
 *
 * @param folder The folder's path.
 * @returns Their paths in it, names separated by "/", sorted.
 */
export async function listFiles(folder: string): Promise<string[]> {
  const { readdir } = nodeModule("node:fs/promises");
  const isFile = async (path: string) => (await statUnlessBroken(path))?.isFile ?? false;
  const paths: string[] = [];
  const entries = await ifPresent(readdir(folder, { withFileTypes: true })) ?? [];
  for (const entry of entries) {
    const { name } = entry;
    if (name.startsWith(".")) continue;
    if (entry.isDirectory()) {
      paths.push(...(await listFiles(`${folder}/${name}`)).map((path) => `${name}/${path}`));
    } else if (entry.isFile() || (entry.isSymbolicLink() && await isFile(`${folder}/${name}`))) {
      paths.push(name);
    }
  }
  return paths.sort();
}

/**
 * Makes a folder and its parents, if they do not exist yet.
 *
 * @param path The folder's path.
 */
export async function makeFolder(path: string): Promise<void> {
  const { mkdir } = nodeModule("node:fs/promises");
  const { dirname } = nodeModule("node:path");
  // Node's own recursion never ends below /proc.
  const make = async () => {
    try {
      await mkdir(path);
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT" || !await isFolder(path)) throw error;
    }
  };
  try {
    await make();
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT" || dirname(path) === path) throw error;
    try {
      await makeFolder(dirname(path));
    } catch (refused) {
      // Only this folder may be written; Deno then makes those above it, too.
      if ((refused as Error).name !== "NotCapable") throw refused;
      await mkdir(path, { recursive: true });
      return;
    }
    await make();
  }
}

/**
 * Writes a new file.
 *
 * @param path The file's path, which must not exist yet.
 * @param chunks The file's bytes, in chunks.
 */
export async function writeNewFile(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  await write(path, "wx", chunks);
}

/**
 * Appends to a file.
 *
 * @param path The file's path, which must exist: one that another process has removed since its size
 * was read must not begin again in the middle.
 * @param chunks The bytes, in chunks.
 */
export async function appendToFile(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const { constants } = nodeModule("node:fs");
  await write(path, constants.O_WRONLY | constants.O_APPEND, chunks);
}

/**
 * Writes a file, in place of an older one: under another name in its folder, then renamed, so that
 * the path always names one that is complete.
 *
 * @param path The file's path.
 * @param chunks The file's bytes, in chunks.
 */
export async function replaceFile(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const aside = `${path}.writing`;
  await removePath(aside);
  await writeNewFile(aside, chunks);
  await movePath(aside, path);
}

/**
 * Renames a file or a folder.
 *
 * @param from Its path.
 * @param to Another path on the same disk; a file there is replaced.
 */
export async function movePath(from: string, to: string): Promise<void> {
  const { rename } = nodeModule("node:fs/promises");
  await rename(from, to);
}

/**
 * Waits until all files in a folder are on the disk itself, so that a power cut does not take what a
 * later renaming names.
 *
 * @param folder The folder's path.
 */
export async function flushFolder(folder: string): Promise<void> {
  const { open } = nodeModule("node:fs/promises");
  for (const path of await listFiles(folder)) {
    const handle = await open(`${folder}/${path}`, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/**
 * Removes a file, or a folder with all that is in it.
 *
 * @param path The path; nothing happens if it does not exist.
 */
export async function removePath(path: string): Promise<void> {
  const { rm } = nodeModule("node:fs/promises");
  await rm(path, { recursive: true, force: true });
}

/**
 * Lists the folders in a folder.
 *
 * @param path The folder's path.
 * @returns Their names, sorted; none if it does not exist.
 */
export async function listFolders(path: string): Promise<string[]> {
  const { readdir } = nodeModule("node:fs/promises");
  const entries = await ifPresent(readdir(path, { withFileTypes: true })) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
}

/**
 * Returns whether a path is a folder.
 *
 * @param path The path.
 * @returns False if it is a file or a link to itself, or does not exist.
 */
export async function isFolder(path: string): Promise<boolean> {
  return (await statUnlessBroken(path))?.isDirectory ?? false;
}

/** Like `stat`; undefined if there is nothing at the path, or a link to itself. */
async function statUnlessBroken(path: string): Promise<FileState | undefined> {
  try {
    return await ifPresent(statPath(path));
  } catch (error) {
    if ((error as { code?: string }).code === "ELOOP") return undefined;
    throw error;
  }
}

/**
 * Turns the error of a missing file or folder into undefined.
 *
 * @param operation A file operation.
 * @returns Its result; undefined if the file or folder does not exist.
 */
export async function ifPresent<Result>(operation: Promise<Result>): Promise<Result | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (ABSENT.includes((error as { code?: string }).code)) return undefined;
    throw error;
  }
}

async function write(
  path: string,
  flags: "wx" | number,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const { open } = nodeModule("node:fs/promises");
  const handle = await open(path, flags);
  try {
    for await (const chunk of chunks) {
      for (let done = 0; done < chunk.length;) {
        const length = Math.min(chunk.length - done, MAX_CALL_BYTES);
        done += (await handle.write(chunk, done, length)).bytesWritten;
      }
    }
  } finally {
    await handle.close();
  }
}
