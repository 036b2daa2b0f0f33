/**
 * Input texts of commands.
 *
 * @module
 */
import type { CommandIo } from "./output.ts";

/**
 * Reads a text without the final line break, which editors and `echo` append.
 *
 * @param io Streams and files.
 * @param path The file; `undefined` or `-` for standard input.
 * @returns The text.
 */
export async function readTextFile(io: CommandIo, path: string | undefined): Promise<string> {
  return (await io.readFile(path ?? "-")).replace(/\r?\n$/, "");
}
