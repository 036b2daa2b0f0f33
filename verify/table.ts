/**
 * The table that `verify` prints.
 *
 * @module
 */
import { wrap } from "../base/wrap.ts";
import type { Comparison } from "./compare.ts";
import type { VerifyOptions } from "./options.ts";

/** Columns of a line, and of the name in it. */
const [WIDTH, NAME_WIDTH] = [100, 61];

/** Headings of the columns, and a line. */
export const HEADINGS: readonly string[] = [
  `${"case".padEnd(NAME_WIDTH)} ${"backend".padEnd(7)} ${"largest error".padStart(13)} ` +
  `${"bound".padStart(8)} verdict`,
  "-".repeat(WIDTH),
];

/**
 * One line of the table: the comparison that comes closest to its bound, or beyond.
 *
 * @param name The case.
 * @param backend What computed.
 * @param comparisons Its comparisons; at least one.
 * @returns At most 100 columns, and lines below that say what is wrong if something is.
 */
export function tableLine(
  name: string,
  backend: string,
  comparisons: readonly Comparison[],
): string {
  const closeness = ({ largestError, bound }: Comparison) =>
    largestError === 0 ? 0 : largestError / bound;
  const worst = comparisons.reduce((a, b) =>
    !b.passed && a.passed || (b.passed === a.passed && closeness(b) > closeness(a)) ? b : a
  );
  const short = name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}…` : name;
  const line = `${short.padEnd(NAME_WIDTH)} ${backend.padEnd(7)} ` +
    `${worst.largestError.toExponential(2).padStart(13)} ` +
    `${worst.bound.toExponential(1).padStart(8)} ${worst.passed ? "ok" : "FAILED"}`;
  if (worst.passed) return line;
  const failed = comparisons.filter(({ passed }) => !passed).length;
  const others = failed > 1 ? `; ${failed} of ${comparisons.length} comparisons failed` : "";
  return [line, ...indented(worst.fault + others)].join("\n");
}

/**
 * The command that runs one case on one backend again.
 *
 * @param name The case.
 * @param backend What computed; `any` where it does not matter.
 * @param options How the backend was opened.
 * @returns Lines of at most 100 columns, for a shell.
 */
export function rerunLine(
  name: string,
  backend: string,
  { threads, build, dtype }: Pick<VerifyOptions, "threads" | "build" | "dtype">,
): string {
  const own = backend === "wasm" ? { threads, build } : backend === "webgpu" ? { dtype } : {};
  const device = backend === "any" ? "cpu" : backend;
  const options = Object.entries({ device, ...own, filter: name })
    .flatMap(([option, value]) => value === undefined ? [] : [`--${option}=${value}`]);
  // A shell goes on in the next line after a backslash.
  return indented(["deno task verify", ...options].join(" "), WIDTH - 2).join(" \\\n");
}

function indented(text: string, width = WIDTH): string[] {
  return text.split("\n").flatMap((line) => wrap(line, width - 4)).map((line) => `    ${line}`);
}
