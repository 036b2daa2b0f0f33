/**
 * Reading from the local disk by Deno's own functions, or Node's: in Deno those of Node take 25 ms to
 * load, a tenth of the time to a first answer.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";

/** Most bytes read in one call; the system's limit is 2 GiB. */
const MAX_CALL_BYTES = 2 ** 30;

/**
 * Most bytes that this thread reads by itself: a model has hundreds of small tensors, and a wait for
 * another thread takes longer than reading one.
 */
const SHORT_BYTES = 65536;

/** What stands at a path. */
export interface FileState {
  /** Whether it is a regular file. */
  readonly isFile: boolean;
  /** Whether it is a folder. */
  readonly isDirectory: boolean;
  /** Its size in bytes. */
  readonly size: number;
}

/** The functions of Deno that are used here. */
interface DenoFiles {
  readTextFile(path: string): Promise<string>;
  stat(path: string): Promise<FileState>;
  openSync(path: string): {
    seekSync(offset: number, whence: 0): number;
    /** null at the end. */
    read(bytes: Uint8Array): Promise<number | null>;
    readSync(bytes: Uint8Array): number | null;
    close(): void;
  };
}

function denoFiles(): DenoFiles | undefined {
  return (globalThis as { Deno?: DenoFiles }).Deno;
}

/**
 * Looks at a path.
 *
 * @param path The path.
 * @returns What stands there.
 * @throws {Error} With the system's code, such as `ENOENT`.
 */
export async function statPath(path: string): Promise<FileState> {
  const deno = denoFiles();
  // For a null byte Deno's error has a code that other errors have, too.
  if (deno && !path.includes("\0")) return await deno.stat(path);
  const found = await nodeModule("node:fs/promises").stat(path);
  return { isFile: found.isFile(), isDirectory: found.isDirectory(), size: found.size };
}

/**
 * Reads a whole text.
 *
 * @param path The file's path.
 * @returns The text; what is not UTF-8 is replaced.
 * @throws {Error} With the system's code.
 */
export async function readTextFile(path: string): Promise<string> {
  const deno = denoFiles();
  if (deno) return await deno.readTextFile(path);
  return await nodeModule("node:fs/promises").readFile(path, "utf8");
}

/**
 * Reads a part of a file.
 *
 * @param path The file's path.
 * @param start The first byte.
 * @param bytes Where the bytes go.
 * @returns The number of bytes that there were, fewer than wanted at the file's end.
 * @throws {Error} With the system's code.
 */
export async function readInto(path: string, start: number, bytes: Uint8Array): Promise<number> {
  const deno = denoFiles();
  const file = deno ? deno.openSync(path) : await nodeModule("node:fs/promises").open(path);
  let done = 0;
  try {
    if ("seekSync" in file) file.seekSync(start, 0);
    while (done < bytes.length) {
      const rest = bytes.subarray(done, done + MAX_CALL_BYTES);
      const count = "seekSync" in file
        ? rest.length > SHORT_BYTES ? await file.read(rest) : file.readSync(rest)
        : (await file.read(rest, 0, rest.length, start + done)).bytesRead;
      if (!count) break;
      done += count;
    }
  } finally {
    await file.close();
  }
  return done;
}
