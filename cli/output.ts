/**
 * What a command reads and writes, so that tests need no process.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { buffer } from "node:stream/consumers";

/** Streams and files of a command. */
export interface CommandIo {
  /** Writes to standard output. */
  stdout(text: string): Promise<void>;
  /** Writes to standard error. */
  stderr(text: string): Promise<void>;
  /** Reads a text file; `-` is standard input. */
  readFile(path: string): Promise<string>;
  /** Writes a text file. */
  writeFile(path: string, text: string): Promise<void>;
}

/**
 * The streams and files of this process.
 *
 * @returns Reads UTF-8 only; anything else is a TypeError.
 */
export function processIo(): CommandIo {
  return {
    stdout: (text) => write(process.stdout, text),
    stderr: (text) => write(process.stderr, text),
    async readFile(path) {
      const bytes = path === "-" ? await buffer(process.stdin) : await readFile(path);
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch {
        throw new TypeError(`Cannot read ${path}: it is not UTF-8 text`);
      }
    },
    writeFile: (path, text) => writeFile(path, text),
  };
}

/**
 * Writes a result to a file, or to standard output.
 *
 * @param io Streams and files.
 * @param path The file; `undefined` or `-` for standard output.
 * @param text What to write.
 * @returns When it is written.
 */
export function writeOutput(io: CommandIo, path: string | undefined, text: string): Promise<void> {
  return path === undefined || path === "-" ? io.stdout(text) : io.writeFile(path, text);
}

function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error?: Error | null) => error ? reject(error) : resolve());
  });
}
