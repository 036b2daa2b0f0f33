/**
 * Help, errors and exit codes of commands.
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
import { formatUsage } from "./usage.ts";

/**
 * Runs a command.
 *
 * @param command The declaration.
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @param body Runs the command with checked arguments.
 * @returns The exit code: 0, 2 for invalid arguments, 1 for any other error.
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
    else await io.stdout(formatUsage(command));
    return 0;
  } catch (error) {
    // The reader (`head`, say) closed the pipe.
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
