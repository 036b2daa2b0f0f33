/**
 * Values of options that are not free.
 *
 * @module
 */
import { UsageError } from "./arguments.ts";

/**
 * Takes one of some names.
 *
 * @param kind What they name.
 * @param given What was given.
 * @param known The names.
 * @returns The name.
 * @throws {UsageError} If it is none of them.
 */
export function chooseOne<Name extends string>(
  kind: string,
  given: string,
  known: readonly Name[],
): Name {
  const name = known.find((each) => each === given);
  if (name !== undefined) return name;
  throw new UsageError(`Unknown ${kind} "${given}": wanted one of ${known.join(", ")}`);
}

/**
 * Checks a number of things.
 *
 * @param flag The option, as it is written.
 * @param given What was given, if anything was.
 * @param least The smallest number.
 * @returns The same.
 * @throws {UsageError} If it is no whole number, or smaller.
 */
export function requireCount<Given extends number | undefined>(
  flag: string,
  given: Given,
  least: number,
): Given {
  if (given === undefined || (Number.isSafeInteger(given) && given >= least)) return given;
  throw new UsageError(`Cannot use ${flag} ${given}: wanted a whole number ≥ ${least}`);
}
