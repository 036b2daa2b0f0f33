/**
 * The library's checks, applied to command-line arguments.
 *
 * @module
 */
import { UsageError } from "./arguments.ts";

/**
 * Runs a check of command-line arguments.
 *
 * @param check Calls the library's check.
 * @returns The result of the check.
 * @throws {UsageError} If the check throws a TypeError or a RangeError.
 */
export function checkUsage<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(error.message);
  }
}
