/**
 * Command-line arguments, checked and typed by a declaration of the options.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { findClosest } from "../base/closest.ts";

/** One option of a command. */
export interface Option {
  /** Type of the value; a `list` option may be repeated and collects strings. */
  readonly type: "string" | "number" | "boolean" | "list";
  /** Description for `--help`. */
  readonly description: string;
  /** Value of an absent option; `undefined` if not declared. */
  readonly default?: string | number | boolean;
  /** One-letter alias. */
  readonly short?: string;
  /** Name of the value in `--help`; the type in capitals if absent. */
  readonly placeholder?: string;
  /** Whether "" is a value of its own, such as no prompt instead of the model's; of strings only. */
  readonly mayBeEmpty?: boolean;
}

/** Options by name; `--block-size` and `--block_size` both set `block_size`. */
export type Options = Readonly<Record<string, Option>>;

/** A positional argument. */
export interface Operand {
  /** Name in `--help`, such as `MODEL`; in brackets if optional. */
  readonly placeholder: string;
  /** Description for `--help`. */
  readonly description: string;
  /** Whether it may be given several times; only the last operand of a command. */
  readonly repeated?: boolean;
}

/** Declaration of a command. */
export interface Command<Declared extends Options = Options> {
  /** Name, the word after `lsg`. */
  readonly name: string;
  /** Summary in a sentence or two. */
  readonly summary: string;
  /** Positional arguments in order; none if absent. */
  readonly operands?: readonly Operand[];
  /** Options; `--help` is added to them. */
  readonly options: Declared;
  /** Lines of a shell that show its use, at the end of `--help`; none if absent. */
  readonly examples?: readonly string[];
}

/** Type of an option's value. */
export type OptionValue<Declared extends Option> = Declared["type"] extends "number" ? number
  : Declared["type"] extends "boolean" ? boolean
  : Declared["type"] extends "list" ? string[]
  : string;

/** Value of each option; `undefined` if it is absent and has no default. */
export type OptionValues<Declared extends Options> = {
  readonly [Name in keyof Declared]: Declared[Name] extends { readonly default: unknown }
    ? OptionValue<Declared[Name]>
    : OptionValue<Declared[Name]> | undefined;
};

/** Result of parsing. */
export interface ParsedArguments<Declared extends Options> {
  /** Values by declared name. */
  readonly values: OptionValues<Declared>;
  /** Positional arguments, and everything after `--`. */
  readonly operands: readonly string[];
}

/** The arguments are invalid; the exit code is 2. */
export class UsageError extends Error {
  /** Error name. */
  override readonly name = "UsageError";
}

/**
 * Parses the arguments of a command.
 *
 * @param command The declaration.
 * @param args Arguments after the command's name.
 * @returns Values and operands; `undefined` if `--help` or `-h` is given.
 * @throws {UsageError} If an option is unknown, a value is missing or has the wrong type, or there
 * are too many operands.
 */
export function parseArguments<Declared extends Options>(
  command: Command<Declared>,
  args: readonly string[],
): ParsedArguments<Declared> | undefined {
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(command),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = tokens.filter((token) => token.kind === "option");
  if (given.some(({ name }) => name === "help")) return undefined;

  const found: Record<string, unknown> = {};
  for (const { name, rawName, value, inlineValue } of given) {
    const [option, isNegated] = findOption(command, name, rawName);
    const declared = command.options[option];
    if (declared.type !== "list" && Object.hasOwn(found, option)) {
      throw new UsageError(`Cannot use ${toFlag(option)} twice: wanted one`);
    }
    if (declared.type === "boolean") {
      found[option] = parseBoolean(rawName, value) !== isNegated;
      continue;
    }
    // `-o=file` as `-ofile`; what follows a flag and looks like another is not its value.
    const text = rawName.startsWith("--") ? value : value?.replace(/^=/, "");
    if (text === undefined || !inlineValue && /^-./.test(text)) {
      throw new UsageError(
        `Missing value of ${toFlag(option)}: wanted ${
          toFlag(option)
        }=${declared.type.toUpperCase()}`,
      );
    }
    if (text === "" && declared.type !== "number" && !declared.mayBeEmpty) {
      throw new UsageError(`Cannot use ${toFlag(option)} "": wanted a value that is not empty`);
    }
    if (declared.type === "list") ((found[option] ??= []) as string[]).push(text);
    else found[option] = declared.type === "number" ? parseNumber(toFlag(option), text) : text;
  }
  const values = Object.entries<Option>(command.options).map(([name, option]) => [
    name,
    Object.hasOwn(found, name) ? found[name] : option.default,
  ]);
  const operands = tokens.flatMap((token) => token.kind === "positional" ? [token.value] : []);
  const most = command.operands?.at(-1)?.repeated ? Infinity : command.operands?.length ?? 0;
  if (operands.length > most) {
    throw new UsageError(
      `Unexpected argument "${operands[most]}": wanted ${most === 0 ? "none" : `at most ${most}`}`,
    );
  }
  return { values: Object.fromEntries(values) as OptionValues<Declared>, operands };
}

/**
 * Converts an option's name to its flag.
 *
 * @param name Declared name, such as `block_size`.
 * @returns Flag, such as `--block-size`.
 */
export function toFlag(name: string): string {
  return `--${name.replaceAll("_", "-")}`;
}

/**
 * Returns whether an option has a `--no-…` form.
 *
 * @param option The option.
 * @returns True for booleans that are not false by default.
 */
export function isNegatable(option: Option): boolean {
  return option.type === "boolean" && option.default !== false;
}

/**
 * Parses a number.
 *
 * @param flag Flag of the option, for the message.
 * @param text Value on the command line.
 * @returns The number.
 * @throws {UsageError} If it is not a finite number.
 */
export function parseNumber(flag: string, text: string): number {
  const number = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(number)) {
    throw new UsageError(`Cannot use ${flag} "${text}": wanted a number`);
  }
  return number;
}

/**
 * Splits the value of a list option at commas, as the pipelines split a string.
 *
 * @param given The values; may be absent.
 * @returns The parts of a single value, without blank ones; several values as they are.
 */
export function splitList(given: readonly string[] | undefined): readonly string[] | undefined {
  if (given?.length !== 1) return given;
  return given[0].split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/** Declares both spellings of each option, the short one, and `--help` to the parser. */
function parserOptions(command: Command) {
  const declared: Record<string, { type: "string" | "boolean"; short?: string }> = {
    help: { type: "boolean", short: "h" },
  };
  for (const [name, { type, short }] of Object.entries<Option>(command.options)) {
    const kind = type === "boolean" ? "boolean" : "string";
    declared[name] = { type: kind };
    declared[name.replaceAll("_", "-")] = { type: kind, ...(short !== undefined && { short }) };
  }
  return declared;
}

/** Finds the option that a flag sets, and whether the flag is its `--no-…` form. */
function findOption(
  command: Command,
  name: string,
  flag: string,
): [option: string, isNegated: boolean] {
  const option = name.replaceAll("-", "_");
  if (Object.hasOwn(command.options, option)) return [option, false];
  const negated = option.replace(/^no_/, "");
  if (
    negated !== option && Object.hasOwn(command.options, negated) &&
    isNegatable(command.options[negated])
  ) return [negated, true];
  throw unknownOption(command, flag);
}

function parseBoolean(flag: string, value: string | undefined): boolean {
  if (value === undefined) return true;
  const positive = flag.replace(/^--no-/, "--");
  if (positive !== flag || (value !== "true" && value !== "false")) {
    throw new UsageError(
      `Cannot use ${flag}=${value}: wanted ${positive}=true or ${positive}=false`,
    );
  }
  return value === "true";
}

function unknownOption(command: Command, given: string): UsageError {
  const known = ["--help", ...Object.keys(command.options).map(toFlag)];
  const similar = findClosest(given.replaceAll("_", "-"), known);
  return new UsageError(`Unknown option ${given}` + (similar ? `: did you mean ${similar}?` : ""));
}
