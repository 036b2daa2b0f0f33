/**
 * Texts that commands run models on.
 *
 * @module
 */
import type { CommandIo } from "./output.ts";

/**
 * Reads a text without the line break at its end, which editors and `echo` put there.
 *
 * @param io Streams and files.
 * @param path The file; `undefined` or `-` for standard input.
 * @returns The text.
 */
export async function readTextFile(io: CommandIo, path: string | undefined): Promise<string> {
  return (await io.readFile(path ?? "-")).replace(/\r?\n$/, "");
}
