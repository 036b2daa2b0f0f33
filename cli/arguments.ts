/**
 * Command-line arguments, checked and typed by a declaration of the options.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
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
    // Numbers are checked more strictly below; `_` keeps an operand such as "007" a string.
    string: ["_", ...ofType("string", "number", "list")],
    collect: ofType("list"),
    negatable: options.filter(([, option]) => isNegatable(option)).map(([name]) => name),
    // Otherwise an absent boolean would be false.
    default: Object.fromEntries(options.map(([name]) => [name, undefined])),
    unknown: (argument: string, key?: string) => {
      if (key !== undefined) unknown.push(argument.split("=")[0]);
      return key === undefined;
    },
  });
  if (parsed.help === true) return undefined;

  checkBooleans(command, args);
  checkOnce(command, args);
  const values = options.map(([name, option]) => [
    name,
    parsed[name] === undefined ? option.default : convert(toFlag(name), option, parsed[name]),
  ]);
  if (unknown.length > 0) throw unknownOption(command, unknown[0]);
  const operands = parsed._.map(String);
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

/** The parser takes the last value of an option that is given twice. */
function checkOnce(command: Command, args: readonly string[]): void {
  const given = new Set<string>();
  for (const argument of beforeOperands(args)) {
    const [, dashes, name] = argument.match(/^(--?)(?:no-)?([^=]+)/s) ?? [];
    if (name === undefined) continue;
    const [option] = Object.entries<Option>(command.options).find(([long, { short }]) =>
      dashes === "--" ? long === name.replaceAll("-", "_") : short === name[0]
    ) ?? [];
    if (option === undefined || command.options[option].type === "list") {
      continue;
    }
    if (given.has(option)) {
      throw new UsageError(`Cannot use ${toFlag(option)} twice: wanted one`);
    }
    given.add(option);
  }
}

/** The arguments before `--`. */
function beforeOperands(args: readonly string[]): readonly string[] {
  return args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
}

function aliases(name: string, { short }: Option): string[] {
  const kebab = name.replaceAll("_", "-");
  return [...(kebab === name ? [] : [kebab]), ...(short ? [short] : [])];
}

function convert(flag: string, { type }: Option, given: unknown): unknown {
  if (type === "boolean") return given;
  if ([given].flat().includes("")) {
    throw new UsageError(`Missing value of ${flag}: wanted ${flag}=${type.toUpperCase()}`);
  }
  return type === "number" ? parseNumber(flag, String(given)) : given;
}

/** The parser reads `--json=maybe` as true. */
function checkBooleans(command: Command, args: readonly string[]): void {
  for (const argument of beforeOperands(args)) {
    const [, no, name, value] = argument.match(/^--(no-)?([^=]+)=(.*)$/s) ?? [];
    const known = name !== undefined && Object.hasOwn(command.options, name.replaceAll("-", "_"));
    if (!known || command.options[name.replaceAll("-", "_")].type !== "boolean") continue;
    if (no || (value !== "true" && value !== "false")) {
      throw new UsageError(`Cannot use ${argument}: wanted --${name}=true or --${name}=false`);
    }
  }
}

function unknownOption(command: Command, given: string): UsageError {
  const known = ["--help", ...Object.keys(command.options).map(toFlag)];
  const similar = findClosest(given.replaceAll("_", "-"), known);
  return new UsageError(`Unknown option ${given}` + (similar ? `: did you mean ${similar}?` : ""));
}
