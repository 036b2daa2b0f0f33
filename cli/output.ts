/**
 * Input and output of commands, which tests replace.
 *
 * @module
 */
import process from "node:process";
import { withReason } from "./file_errors.ts";
import { readInput } from "./input.ts";
import { writeAside } from "./write_aside.ts";

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
 * @returns An object whose `readFile` rejects as {@linkcode readInput} does.
 */
export function processIo(): CommandIo {
  // Write errors reject the write; without a listener they would also end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  return {
    stdout: (text) => writeStream(process.stdout, text),
    // There is nowhere to report that errors cannot be reported.
    stderr: (text) => writeStream(process.stderr, text).catch(() => {}),
    readFile: (path) => readInput(path),
    writeFile: writeAside,
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

/**
 * Writes to a standard stream.
 *
 * @param stream The stream.
 * @param content Text or bytes.
 * @returns Resolves when it is written.
 * @throws {Error} If the stream is closed or its disk is full.
 */
export function writeStream(
  stream: NodeJS.WritableStream,
  content: string | Uint8Array,
): Promise<void> {
  const name = stream === process.stdout ? "standard output" : "standard error";
  const written = new Promise<void>((resolve, reject) => {
    stream.write(content, (error?: Error | null) => error ? reject(error) : resolve());
  });
  return withReason("write", name, written);
}
