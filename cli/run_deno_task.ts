/**
 * Help, errors and exit codes of the tasks in deno.json.
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
import { formatUsage } from "./usage.ts";

/**
 * Runs a task. Errors other than invalid arguments are rethrown with their stack trace.
 *
 * @param command The declaration, with the task's name.
 * @param args Arguments after the name.
 * @param print Called with each line of output.
 * @param body Runs the task and returns the exit code; 0 if `undefined`.
 * @param printError Called with the message about invalid arguments.
 * @returns The exit code; 2 for invalid arguments.
 */
export async function runDenoTask<Declared extends Options>(
  command: Command<Declared>,
  args: readonly string[],
  print: (line: string) => void,
  body: (parsed: ParsedArguments<Declared>) => Promise<number | void>,
  printError: (line: string) => void = print,
): Promise<number> {
  try {
    const parsed = parseArguments(command, args);
    if (parsed) return await body(parsed) ?? 0;
    print(formatUsage(command, "deno task").trimEnd());
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printError(`${command.name}: ${error.message}\nSee deno task ${command.name} --help.`);
    return 2;
  }
}
