/**
 * Table of `verify`'s results.
 *
 * @module
 */
import { wrap } from "../base/wrap.ts";
import type { Comparison } from "./compare.ts";
import type { VerifyOptions } from "./options.ts";

/** Width of a line, and of the name in it. */
const [WIDTH, NAME_WIDTH] = [100, 61];

/** Headings and a rule. */
export const HEADINGS: readonly string[] = [
  `${"case".padEnd(NAME_WIDTH)} ${"backend".padEnd(7)} ${"largest error".padStart(13)} ` +
  `${"bound".padStart(8)} verdict`,
  "-".repeat(WIDTH),
];

/**
 * Formats the comparison that is closest to its bound, or beyond it.
 *
 * @param name Name of the case.
 * @param backend Name of the backend.
 * @param comparisons Comparisons of the case; at least one.
 * @returns A line of at most 100 columns, and below it the fault, if any.
 */
export function formatResult(
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
  return [line, ...indent(worst.fault + others)].join("\n");
}

/**
 * Formats the command that runs a case again on the same backend.
 *
 * @param name Name of the case.
 * @param backend Name of the backend; `any` if it does not matter.
 * @param options Options that the backend was opened with.
 * @returns Lines of at most 100 columns for a shell.
 */
export function formatRerun(
  name: string,
  backend: string,
  { threads, build, dtype }: Pick<VerifyOptions, "threads" | "build" | "dtype">,
): string {
  const own = backend === "any" ? {} : backend === "wasm" ? { threads, build, dtype } : { dtype };
  const device = backend === "any" ? "cpu" : backend;
  const options = Object.entries({ device, ...own, filter: name })
    .flatMap(([option, value]) => value === undefined ? [] : [`--${option}=${value}`]);
  // A backslash continues a shell command on the next line.
  return indent(["deno task verify", ...options].join(" "), WIDTH - 2).join(" \\\n");
}

function indent(text: string, width = WIDTH): string[] {
  return text.split("\n").flatMap((line) => wrap(line, width - 4)).map((line) => `    ${line}`);
}
