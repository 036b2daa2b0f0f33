/**
 * Checks of the library, for what was given as arguments.
 *
 * @module
 */
import { UsageError } from "./arguments.ts";

/**
 * Runs a check of nothing but arguments.
 *
 * @param check What the library checks them with.
 * @returns Its result.
 * @throws {UsageError} If it throws a TypeError or a RangeError.
 */
export function asUsage<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(error.message);
  }
}
