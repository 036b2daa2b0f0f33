/**
 * Parameters that are whole numbers.
 *
 * @module
 */

/** The largest number that kernels count with. */
const MOST = 2 ** 31 - 1;

/**
 * That a parameter is a whole number of a range.
 *
 * @param name Its name, for the message.
 * @param value Its value.
 * @param least The least that is allowed.
 * @param most The most that is allowed.
 * @returns The number.
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it is a fraction, or out of the range.
 */
export function wholeNumber(name: string, value: unknown, least: number, most = MOST): number {
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot use ${name} ${String(value)}: wanted a number, not ${kindOf(value)}`,
    );
  }
  if (!Number.isInteger(value) || value < least || value > most) {
    const range = most < MOST || value > most ? `from ${least} to ${most}` : `≥ ${least}`;
    throw new RangeError(`Cannot use ${name} ${value}: wanted a whole number ${range}`);
  }
  return value;
}

/**
 * What kind of value something is, in words.
 *
 * @param value Anything.
 * @returns Such as "a string".
 */
export function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
