/**
 * The table that `verify` prints.
 *
 * @module
 */
import type { Comparison } from "./compare.ts";

const NAME_WIDTH = 56;

/** Headings of the columns, and a line. */
export const HEADINGS: readonly string[] = [
  `${"case".padEnd(NAME_WIDTH)} ${"backend".padEnd(7)} ${"largest error".padStart(13)} ` +
  `${"bound".padStart(8)} verdict`,
  "-".repeat(96),
];

/**
 * One line of the table: the comparison that comes closest to its bound, or beyond.
 *
 * @param name The case.
 * @param backend What computed.
 * @param comparisons Its comparisons; at least one.
 * @returns At most 100 columns, and a second line that says what is wrong if something is.
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
  return worst.passed ? line : `${line}\n    ${worst.fault}`;
}
