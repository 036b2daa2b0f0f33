/**
 * Command-line arguments: declared once, checked, and typed by their declaration.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { closest } from "./closest.ts";

/** One option of a command. */
export interface Option {
  /** `list` may be given several times and collects strings. */
  readonly type: "string" | "number" | "boolean" | "list";
  /** What it does, for `--help`. */
  readonly description: string;
  /** The value if the option is not given; without one it is `undefined`. */
  readonly default?: string | number | boolean;
  /** A letter that stands for it. */
  readonly short?: string;
  /** What `--help` calls the value; the type in capitals if absent. */
  readonly placeholder?: string;
}

/** Options by name; `block_size` is given as `--block-size` or `--block_size`. */
export type Options = Readonly<Record<string, Option>>;

/** A word that stands beside the options. */
export interface Operand {
  /** As in `MODEL`; in brackets if it may be left out. */
  readonly placeholder: string;
  /** What it is. */
  readonly description: string;
}

/** A command: what `--help` says and what may be given. */
export interface Command<Declared extends Options = Options> {
  /** The word after `lsg`. */
  readonly name: string;
  /** What it does, in a sentence or two. */
  readonly summary: string;
  /** What may stand beside the options, in order; nothing if absent. */
  readonly operands?: readonly Operand[];
  /** Its options; `--help` is added to them. */
  readonly options: Declared;
}

/** The type of an option's value. */
export type OptionValue<Declared extends Option> = Declared["type"] extends "number" ? number
  : Declared["type"] extends "boolean" ? boolean
  : Declared["type"] extends "list" ? string[]
  : string;

/** The value of each option; `undefined` where none was given and none is declared. */
export type OptionValues<Declared extends Options> = {
  readonly [Name in keyof Declared]: Declared[Name] extends { readonly default: unknown }
    ? OptionValue<Declared[Name]>
    : OptionValue<Declared[Name]> | undefined;
};

/** What was given. */
export interface ParsedArguments<Declared extends Options> {
  /** By the names of the declaration. */
  readonly values: OptionValues<Declared>;
  /** What stands beside the options; all that follows `--`. */
  readonly operands: readonly string[];
}

/** What was given cannot be meant; the exit code is 2. */
export class UsageError extends Error {
  /** As in messages. */
  override readonly name = "UsageError";
}

/**
 * Reads the arguments of a command.
 *
 * @param command The declaration.
 * @param args The words after the command's name.
 * @returns Values and operands; `undefined` if `--help` or `-h` is among the options.
 * @throws {UsageError} If an option is unknown, a value is missing or of another type, or there
 * are too many operands.
 */
export function parseArguments<Declared extends Options>(
  command: Command<Declared>,
  args: readonly string[],
): ParsedArguments<Declared> | undefined {
  const options = Object.entries<Option>(command.options);
  const ofType = (...types: Option["type"][]) =>
    options.filter(([, { type }]) => types.includes(type)).map(([name]) => name);
  const unknown: string[] = [];
  const parsed: Record<string, unknown> & { _: (string | number)[] } = parseArgs([...args], {
    alias: {
      help: ["h"],
      ...Object.fromEntries(options.map(([name, option]) => [name, aliases(name, option)])),
    },
    boolean: ["help", ...ofType("boolean")],
    // Numbers too: their check is stricter here. `_` keeps an operand like "007" as it is.
    string: ["_", ...ofType("string", "number", "list")],
    collect: ofType("list"),
    negatable: options.filter(([, option]) => isNegatable(option)).map(([name]) => name),
    // Otherwise a boolean that was not given would be false.
    default: Object.fromEntries(options.map(([name]) => [name, undefined])),
    unknown: (argument: string, key?: string) => {
      if (key !== undefined) unknown.push(argument.split("=")[0]);
      return key === undefined;
    },
  });
  if (parsed.help === true) return undefined;

  checkBooleans(command, args);
  const values = options.map(([name, option]) => [
    name,
    parsed[name] === undefined ? option.default : convert(flagOf(name), option, parsed[name]),
  ]);
  if (unknown.length > 0) throw unknownOption(command, unknown[0]);
  const operands = parsed._.map(String);
  const most = command.operands?.length ?? 0;
  if (operands.length > most) {
    throw new UsageError(
      `Unexpected argument "${operands[most]}": wanted ${most === 0 ? "none" : `at most ${most}`}`,
    );
  }
  return { values: Object.fromEntries(values) as OptionValues<Declared>, operands };
}

/**
 * How an option is written on the command line.
 *
 * @param name The name of the declaration, as `block_size`.
 * @returns As `--block-size`.
 */
export function flagOf(name: string): string {
  return `--${name.replaceAll("_", "-")}`;
}

/**
 * Whether `--no-…` turns an option off: where leaving it out does not do so already.
 *
 * @param option The option.
 * @returns True for booleans that are not off by default.
 */
export function isNegatable(option: Option): boolean {
  return option.type === "boolean" && option.default !== false;
}

/**
 * Reads a number.
 *
 * @param flag The option that it was given for.
 * @param text What was given.
 * @returns The number.
 * @throws {UsageError} If it is no finite number.
 */
export function parseNumber(flag: string, text: string): number {
  const number = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(number)) {
    throw new UsageError(`Cannot use ${flag} "${text}": wanted a number`);
  }
  return number;
}

function aliases(name: string, { short }: Option): string[] {
  const kebab = name.replaceAll("_", "-");
  return [...(kebab === name ? [] : [kebab]), ...(short ? [short] : [])];
}

function convert(flag: string, { type }: Option, given: unknown): unknown {
  if (type === "boolean") return given;
  if ([given].flat().includes("")) {
    throw new UsageError(`${flag} lacks its value: wanted ${flag}=${type.toUpperCase()}`);
  }
  return type === "number" ? parseNumber(flag, String(given)) : given;
}

/** The parser takes `--json=maybe` for true. */
function checkBooleans(command: Command, args: readonly string[]): void {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  for (const argument of args.slice(0, end)) {
    const [, no, name, value] = argument.match(/^--(no-)?([^=]+)=(.*)$/s) ?? [];
    const known = name !== undefined && Object.hasOwn(command.options, name.replaceAll("-", "_"));
    if (!known || command.options[name.replaceAll("-", "_")].type !== "boolean") continue;
    if (no || (value !== "true" && value !== "false")) {
      throw new UsageError(`Cannot use ${argument}: wanted --${name}=true or --${name}=false`);
    }
  }
}

function unknownOption(command: Command, given: string): UsageError {
  const known = ["--help", ...Object.keys(command.options).map(flagOf)];
  const similar = closest(given.replaceAll("_", "-"), known);
  return new UsageError(`Unknown option ${given}` + (similar ? `: did you mean ${similar}?` : ""));
}
