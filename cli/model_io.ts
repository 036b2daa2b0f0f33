/**
 * Input and output of commands that run models.
 *
 * @module
 */
import process from "node:process";
import { streamInput } from "./input.ts";
import { type CommandIo, processIo, writeStream } from "./output.ts";
import { checkOutput, writeAside } from "./write_aside.ts";

/** Streams and files of a command that runs a model. */
export interface ModelIo extends CommandIo {
  /** Asserts that a file can be written, so that an invalid path fails before the work. */
  checkOutput(path: string): Promise<void>;
  /** Writes a file; `-` is standard output. */
  writeBytes(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Reads a text in parts; `-` is standard input. */
  streamText(path: string): AsyncIterable<string>;
  /** Whether standard input is a terminal, where somebody types. */
  readonly stdinIsTerminal: boolean;
  /** Whether standard output is a terminal, which must not get bytes. */
  readonly stdoutIsTerminal: boolean;
  /** Whether standard error is a terminal, which shows progress. */
  readonly stderrIsTerminal: boolean;
  /** Width of that terminal in characters; infinite if unknown. */
  readonly stderrColumns: number;
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
    writeBytes: async (path, bytes) => {
      if (path !== "-") return await writeAside(path, bytes);
      for await (const chunk of bytes) await writeStream(process.stdout, chunk);
    },
    streamText: (path) => streamInput(path),
    stdinIsTerminal: process.stdin.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    // Changes with the window.
    get stderrColumns() {
      return process.stderr.columns || Infinity;
    },
  };
}
