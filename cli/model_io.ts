/**
 * Input and output of commands that run models.
 *
 * @module
 */
import process from "node:process";
import { type CommandIo, processIo, writeStream } from "./output.ts";
import { checkOutput, writeAside } from "./write_aside.ts";

/** Streams and files of a command that runs a model. */
export interface ModelIo extends CommandIo {
  /** Asserts that a file can be written, so that an invalid path fails before the work. */
  checkOutput(path: string): Promise<void>;
  /** Writes a file; `-` is standard output. */
  writeBytes(path: string, bytes: Uint8Array): Promise<void>;
  /** Whether standard output is a terminal, which must not get bytes. */
  readonly stdoutIsTerminal: boolean;
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
    checkOutput,
    writeBytes: (path, bytes) =>
      path === "-" ? writeStream(process.stdout, bytes) : writeAside(path, bytes),
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
  };
}
