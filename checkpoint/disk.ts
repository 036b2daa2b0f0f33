/**
 * The only access to the local disk, in Deno and Node. `node:fs` is imported inside the
 * functions, so that modules that import this one also load in a browser.
 *
 * @module
 */
import type { CheckpointFile } from "./source.ts";

/** Most that is read or written in one call; the system's own limit is 2 GiB. */
const MAX_CALL_BYTES = 2 ** 30;

/**
 * Opens a file for reading. No handle is kept: each read opens and closes the file.
 *
 * @param path The file's path.
 * @returns The file, or undefined if there is none.
 * @throws {RangeError} If it is a folder; and from a read that finds fewer bytes than asked for.
 */
export async function openFile(path: string): Promise<CheckpointFile | undefined> {
  const { open, stat } = await import("node:fs/promises");
  const found = await ifPresent(stat(path));
  if (found === undefined) return undefined;
  if (found.isDirectory()) throw new RangeError(`cannot read ${path}: it is a folder, not a file`);
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(end - start);
    const handle = await open(path);
    try {
      for (let done = 0; done < bytes.length;) {
        const length = Math.min(bytes.length - done, MAX_CALL_BYTES);
        const { bytesRead } = await handle.read(bytes, done, length, start + done);
        if (bytesRead === 0) {
          throw new RangeError(`cannot read bytes ${start} to ${end} of ${path}: it ends before`);
        }
        done += bytesRead;
      }
    } finally {
      await handle.close();
    }
    return bytes;
  };
  return { name: path, size: found.size, read };
}

/**
 * Makes a folder, with those above it; one that is there already is left as it is.
 *
 * @param path The folder's path.
 */
export async function makeFolder(path: string): Promise<void> {
  const { mkdir } = await import("node:fs/promises");
  await mkdir(path, { recursive: true });
}

/**
 * Writes a new file.
 *
 * @param path The file's path. There must be no file yet.
 * @param pieces The file's bytes, piece by piece.
 */
export async function writeNewFile(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  await write(path, "wx", pieces);
}

/**
 * Writes at the end of a file.
 *
 * @param path The file's path; it is made if there is none.
 * @param pieces The bytes, piece by piece.
 */
export async function appendToFile(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  await write(path, "a", pieces);
}

/**
 * Whether there is a folder.
 *
 * @param path The folder's path.
 * @returns False too where there is a file.
 */
export async function isFolder(path: string): Promise<boolean> {
  const { stat } = await import("node:fs/promises");
  return (await ifPresent(stat(path)))?.isDirectory() ?? false;
}

/**
 * Waits for what a file operation finds.
 *
 * @param found The operation.
 * @returns Its result; undefined if there is no such file or folder.
 */
export async function ifPresent<Result>(found: Promise<Result>): Promise<Result | undefined> {
  try {
    return await found;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

async function write(
  path: string,
  flags: "wx" | "a",
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const { open } = await import("node:fs/promises");
  const handle = await open(path, flags);
  try {
    for await (const piece of pieces) {
      for (let done = 0; done < piece.length;) {
        const length = Math.min(piece.length - done, MAX_CALL_BYTES);
        done += (await handle.write(piece, done, length)).bytesWritten;
      }
    }
  } finally {
    await handle.close();
  }
}
