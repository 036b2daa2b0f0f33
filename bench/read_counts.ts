import { UsageError } from "../cli/arguments.ts";

/**
 * Reads an option that has several numbers of things.
 *
 * @param flag The option, as it is written.
 * @param given Numbers, separated by commas.
 * @returns The numbers.
 * @throws {UsageError} If one is no whole number above 0.
 */
export function readCounts(flag: string, given: string): number[] {
  if (!/^[1-9]\d*(,[1-9]\d*)*$/.test(given)) {
    throw new UsageError(
      `Cannot use ${flag} ${given}: wanted whole numbers above 0, separated by commas`,
    );
  }
  return given.split(",").map(Number);
}
