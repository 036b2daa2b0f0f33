/**
 * Input and output of commands that run models.
 *
 * @module
 */
import { appendFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { withReason } from "./file_errors.ts";
import { type CommandIo, processIo } from "./output.ts";

/** Streams and files of a command that runs a model. */
export interface ModelIo extends CommandIo {
  /** Creates an empty file unless one exists, so that an invalid path fails before the work. */
  touch(path: string): Promise<void>;
  /** Writes a file. */
  writeBytes(path: string, bytes: Uint8Array): Promise<void>;
  /** Whether standard error is a terminal, which shows progress. */
  readonly stderrIsTerminal: boolean;
}

/**
 * Opens the streams and files of this process.
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
