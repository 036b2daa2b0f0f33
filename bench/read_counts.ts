import { UsageError } from "../cli/arguments.ts";

/**
 * Parses an option with a list of counts.
 *
 * @param flag Flag of the option.
 * @param given Counts, separated by commas.
 * @returns The counts.
 * @throws {UsageError} If one is not a whole number above 0.
 */
export function readCounts(flag: string, given: string): number[] {
  if (!/^[1-9]\d*(,[1-9]\d*)*$/.test(given)) {
    throw new UsageError(
      `Cannot use ${flag} ${given}: wanted whole numbers above 0, separated by commas`,
    );
  }
  return given.split(",").map(Number);
}
