/**
 * What commands that run models read and write besides.
 *
 * @module
 */
import { appendFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { withReason } from "./file_errors.ts";
import { type CommandIo, processIo } from "./output.ts";

/** Streams and files of a command that runs a model. */
export interface ModelIo extends CommandIo {
  /** Makes an empty file where there is none, so that a wrong path is told before the work. */
  touch(path: string): Promise<void>;
  /** Writes a file. */
  writeBytes(path: string, bytes: Uint8Array): Promise<void>;
  /** Whether somebody watches standard error, so that progress is shown there. */
  readonly stderrIsTerminal: boolean;
}

/**
 * The streams and files of this process.
 *
 * @returns See {@linkcode processIo}.
 */
export function processModelIo(): ModelIo {
  return {
    ...processIo(),
    touch: (path) => withReason("write", path, appendFile(path, "")),
    writeBytes: (path, bytes) => withReason("write", path, writeFile(path, bytes)),
    stderrIsTerminal: process.stderr.isTTY === true,
  };
}
