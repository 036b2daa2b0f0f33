/**
 * Text of `--help`, generated from a command's declaration.
 *
 * @module
 */
import { type Command, isNegatable, type Option, toFlag } from "./arguments.ts";
import { wrap } from "../base/wrap.ts";

/** Width of a line. */
const WIDTH = 100;

/**
 * Formats the help of a command.
 *
 * @param command The declaration.
 * @param program Name of the program, before the command's name.
 * @returns Lines of at most 100 columns.
 */
export function formatUsage(command: Command, program = "lsg"): string {
  const { name, summary, operands = [], options, examples = [] } = command;
  const rows = [
    ...operands.map(({ placeholder, description }) => [`  ${placeholder}`, description]),
    ...Object.entries(options).map(([option, declared]) => [
      optionLabel(option, declared),
      optionText(declared),
    ]),
    ["  -h, --help", "Print this."],
  ];
  const column = Math.max(...rows.map(([label]) => label.length)) + 2;
  return [
    [program, name, ...operands.map(({ placeholder }) => placeholder), "[options]"].join(" "),
    "",
    ...wrap(summary, WIDTH),
    "",
    ...rows.flatMap(([label, text]) =>
      wrap(text, WIDTH - column).map((line, i) => (i === 0 ? label : "").padEnd(column) + line)
    ),
    ...(examples.length === 0 ? [] : ["", "Examples:", ...examples.map((line) => `  ${line}`)]),
    "",
  ].join("\n");
}

function optionLabel(name: string, option: Option): string {
  const short = option.short ? `-${option.short}, ` : "    ";
  const flag = isNegatable(option) ? toFlag(name).replace("--", "--[no-]") : toFlag(name);
  const kind = option.type === "list" ? "TEXT" : option.type.toUpperCase();
  return `  ${short}${flag}${option.type === "boolean" ? "" : ` ${option.placeholder ?? kind}`}`;
}

function optionText({ description, type, default: value }: Option): string {
  const repeated = type === "list" ? " May be repeated." : "";
  // A sentence would end twice.
  const shown = typeof value === "string" && value.includes(" ") ? `"${value}"` : value;
  return description + repeated +
    (value === undefined || value === false ? "" : ` Default: ${shown}.`);
}
