/**
 * Input and output of commands, which tests replace.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { buffer } from "node:stream/consumers";
import { withReason } from "./file_errors.ts";

/** Somewhat less than the longest JavaScript string. */
const MOST_BYTES = 500_000_000;

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
 * Opens the streams and files of this process.
 *
 * @returns An object whose `readFile` rejects with a TypeError if a file is not UTF-8 and with a
 * RangeError if it is larger than 500 MB.
 */
export function processIo(): CommandIo {
  // Write errors reject the write; without a listener they would also end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  return {
    stdout: (text) => write(process.stdout, text),
    stderr: (text) => write(process.stderr, text),
    async readFile(path) {
      const [name, bytes] = path === "-"
        ? ["standard input", await buffer(process.stdin)]
        : [path, await withReason("read", path, readFile(path))];
      if (bytes.length > MOST_BYTES) {
        throw new RangeError(
          `Cannot read ${name}: it has ${bytes.length} bytes, wanted at most ${MOST_BYTES}`,
        );
      }
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch {
        throw new TypeError(`Cannot read ${name}: it is not UTF-8 text`);
      }
    },
    writeFile: (path, text) => withReason("write", path, writeFile(path, text)),
  };
}

/**
 * Writes a result to a file, or to standard output.
 *
 * @param io Streams and files.
 * @param path The file; `undefined` or `-` for standard output.
 * @param text What to write.
 * @returns Resolves when the text is written.
 */
export function writeOutput(io: CommandIo, path: string | undefined, text: string): Promise<void> {
  return path === undefined || path === "-" ? io.stdout(text) : io.writeFile(path, text);
}

function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error?: Error | null) => error ? reject(error) : resolve());
  });
}
