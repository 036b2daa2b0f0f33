/**
 * Checks of option values.
 *
 * @module
 */
import { UsageError } from "./arguments.ts";

/**
 * Checks that a name is known.
 *
 * @param kind What the names denote, for the message.
 * @param given The value.
 * @param known Known names.
 * @returns The value.
 * @throws {UsageError} If it is not a known name.
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
 * Checks a count.
 *
 * @param flag Flag of the option.
 * @param given The value; may be absent.
 * @param least The smallest allowed value.
 * @returns The value.
 * @throws {UsageError} If it is not a whole number or is less than `least`.
 */
export function requireCount<Given extends number | undefined>(
  flag: string,
  given: Given,
  least: number,
): Given {
  if (given === undefined || (Number.isSafeInteger(given) && given >= least)) return given;
  throw new UsageError(`Cannot use ${flag} ${given}: wanted a whole number ≥ ${least}`);
}
