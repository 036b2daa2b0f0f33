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
import { explainAnyError } from "./file_errors.ts";
import { nameFlags } from "./flag_names.ts";
import type { ModelIo } from "./model_io.ts";
import type { CommandIo } from "./output.ts";
import { CLEAR } from "./progress.ts";
import { escapeControls } from "./table.ts";
import { formatUsage } from "./usage.ts";

/** Longest message; the middle of a longer one is left out. */
const LONGEST = 600;

/**
 * Runs a command.
 *
 * @param command The declaration.
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @param body Runs the command with checked arguments.
 * @returns The exit code: 0, 2 for invalid arguments, 1 for any other error.
 */
export function runCommand<Declared extends Options>(
  command: Command<Declared>,
  args: readonly string[],
  io: CommandIo,
  body: (parsed: ParsedArguments<Declared>) => Promise<void>,
): Promise<number> {
  return reportErrors(`lsg ${command.name}`, command.options, io, async () => {
    const parsed = parseArguments(command, args);
    if (parsed) await body(parsed);
    else await io.stdout(formatUsage(command));
  });
}

/**
 * Runs a part of the command line, and prints what it throws.
 *
 * @param name Name of the command, which begins the message.
 * @param options Its options, whose flags the message names.
 * @param io Streams.
 * @param run The part.
 * @returns The exit code: 0, 2 for a {@linkcode UsageError}, 1 for any other error.
 */
export async function reportErrors(
  name: string,
  options: Options,
  io: CommandIo,
  run: () => Promise<void>,
): Promise<number> {
  try {
    await run();
    return 0;
  } catch (error) {
    // The reader (`head`, say) closed the pipe.
    if ((error as { code?: string } | null)?.code === "EPIPE") return 0;
    const isUsage = error instanceof UsageError;
    const message = shortenMessage(nameFlags(explainAnyError(error), options, isUsage));
    await io.stderr(`${name}: ${message}\n${isUsage ? `See ${name} --help.\n` : ""}`);
    return isUsage ? 2 : 1;
  }
}

/**
 * Prints a warning, in place of a progress line that a terminal shows.
 *
 * @param io Streams.
 * @param message The warning, which may quote a file.
 * @returns Resolves when it is written.
 */
export function warn(
  io: CommandIo & Partial<Pick<ModelIo, "stderrIsTerminal">>,
  message: string,
): Promise<void> {
  return io.stderr(`${io.stderrIsTerminal ? CLEAR : ""}Warning: ${shortenMessage(message)}\n`);
}

/** Escapes control characters but line feeds before an indented line, and leaves out the middle: the end says what was wanted. */
function shortenMessage(message: string): string {
  const escaped = message.split(/\n(?= {2})/).map(escapeControls).join("\n");
  return escaped.length <= LONGEST
    ? escaped
    : `${escaped.slice(0, LONGEST - 200)} … ${escaped.slice(-200)}`;
}
