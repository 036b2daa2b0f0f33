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
 * @param most The largest allowed value; any if absent.
 * @returns The value.
 * @throws {UsageError} If it is not a whole number, is less than `least` or more than `most`.
 */
export function requireCount<Given extends number | undefined>(
  flag: string,
  given: Given,
  least: number,
  most?: number,
): Given {
  const isCount = Number.isSafeInteger(given) && given! >= least && given! <= (most ?? Infinity);
  if (given === undefined || isCount) return given;
  const range = most === undefined ? `≥ ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`Cannot use ${flag} ${given}: wanted a whole number ${range}`);
}
