/**
 * Texts from files and from standard input.
 *
 * @module
 */
import { fstatSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import process from "node:process";
import { withReason } from "./file_errors.ts";

/** Largest text in bytes, 2 million tokens or so: the tokens of more exhaust the memory. */
export const MOST_BYTES = 10_000_000;

/** Bytes of a file that are read at once. */
const CHUNK_BYTES = 2 ** 20;

/**
 * Returns whether a path stands for standard input.
 *
 * @param path The path; standard input if undefined.
 * @returns True for `-` and for the system's names of standard input.
 */
export function isStandardInput(path: string | undefined): boolean {
  return path === undefined || ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].includes(path);
}

/**
 * Reads a text.
 *
 * @param path A file, or a name of standard input.
 * @param most Largest number of bytes.
 * @returns The text.
 * @throws {TypeError} If it is not UTF-8.
 * @throws {RangeError} If it is too large, or not a file: a folder, a device, a named pipe.
 * @throws {Error} If it cannot be read; the message names the file and the reason.
 */
export async function readInput(path: string, most: number = MOST_BYTES): Promise<string> {
  const parts: string[] = [];
  for await (const part of streamInput(path, most)) parts.push(part);
  return parts.join("");
}

/**
 * Reads a text in parts.
 *
 * @param path A file, or a name of standard input.
 * @param most Largest number of bytes.
 * @returns The parts.
 * @throws As {@linkcode readInput} does, when the parts are read.
 */
export function streamInput(path: string, most: number = Infinity): AsyncGenerator<string> {
  if (!isStandardInput(path)) return decode(path, readChunks(path, most), most);
  const name = "standard input";
  if (fstatSync(0).isDirectory()) throw notAFile(name, "a folder");
  return decode(name, process.stdin, most);
}

async function* readChunks(path: string, most: number): AsyncIterable<Uint8Array> {
  const found = await stat(path);
  if (found.isDirectory()) throw notAFile(path, "a folder");
  // A pipe that the shell has opened, as for `<(command)`.
  const isOpen = /^\/(dev|proc\/self)\/fd\/\d+$/.test(path);
  if (!found.isFile() && !isOpen) throw notAFile(path, "a pipe or a device");
  if (found.size > most) throw tooLarge(path, most);
  const handle = await open(path);
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Decodes chunk by chunk, so that what never ends stops at the limit. */
async function* decode(
  name: string,
  chunks: AsyncIterable<Uint8Array | string>,
  most: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (let bytes = 0;;) {
      const { done, value } = await withReason("read", name, iterator.next());
      const chunk = value as Uint8Array | undefined;
      bytes += chunk?.length ?? 0;
      if (bytes > most) throw tooLarge(name, most);
      yield decodeChunk(decoder, chunk, name);
      if (done) return;
    }
  } finally {
    await iterator.return?.();
  }
}

function decodeChunk(decoder: TextDecoder, chunk: Uint8Array | undefined, name: string): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new TypeError(`Cannot read ${name}: it is not UTF-8 text`);
  }
}

function notAFile(name: string, kind: string): RangeError {
  const advice = name === "standard input" ? "" : "; standard input (-) may be one";
  return new RangeError(
    `Cannot read ${name}: it is ${kind}, wanted a text file${kind === "a folder" ? "" : advice}`,
  );
}

function tooLarge(name: string, most: number): RangeError {
  return new RangeError(
    `Cannot read ${name}: it has more than ${most} bytes, wanted fewer; divide it into files`,
  );
}
