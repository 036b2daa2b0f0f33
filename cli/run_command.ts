/**
 * The frame of every command: help, errors and exit codes.
 *
 * @module
 */
import {
  type Command,
  type Options,
  parseArguments,
  type ParsedArguments,
  UsageError,
} from "./arguments.ts";
import type { CommandIo } from "./output.ts";
import { usage } from "./usage.ts";

/**
 * Runs a command.
 *
 * @param command The declaration.
 * @param args The words after the command's name.
 * @param io Streams and files.
 * @param body What the command does with checked arguments.
 * @returns The exit code: 0, 2 if the arguments were wrong, 1 if anything else was.
 */
export async function runCommand<Declared extends Options>(
  command: Command<Declared>,
  args: readonly string[],
  io: CommandIo,
  body: (parsed: ParsedArguments<Declared>) => Promise<void>,
): Promise<number> {
  const name = `lsg ${command.name}`;
  try {
    const parsed = parseArguments(command, args);
    if (parsed) await body(parsed);
    else await io.stdout(usage(command));
    return 0;
  } catch (error) {
    // Who reads, as `head`, has had enough.
    if ((error as { code?: string } | null)?.code === "EPIPE") return 0;
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof UsageError)) {
      await io.stderr(`${name}: ${message}\n`);
      return 1;
    }
    await io.stderr(`${name}: ${message}\nSee ${name} --help.\n`);
    return 2;
  }
}
