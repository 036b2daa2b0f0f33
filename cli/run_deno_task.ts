/**
 * The frame of tasks that stand in deno.json: help, errors and exit codes.
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
import { usage } from "./usage.ts";

/**
 * Runs a task. An error that is not about its arguments stays one, with the place that threw it.
 *
 * @param command The declaration; its name is the task's.
 * @param args The words after that name.
 * @param print Takes the lines of the output.
 * @param body What the task does with its arguments; what it returns is the exit code, 0 if nothing.
 * @param complain Takes what is wrong with the arguments.
 * @returns The exit code; 2 if the arguments were wrong.
 */
export async function runDenoTask<Declared extends Options>(
  command: Command<Declared>,
  args: readonly string[],
  print: (line: string) => void,
  body: (parsed: ParsedArguments<Declared>) => Promise<number | void>,
  complain: (line: string) => void = print,
): Promise<number> {
  try {
    const parsed = parseArguments(command, args);
    if (parsed) return await body(parsed) ?? 0;
    print(usage(command, "deno task").trimEnd());
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(`${command.name}: ${error.message}\nSee deno task ${command.name} --help.`);
    return 2;
  }
}
