/**
 * Checks of whole numbers.
 *
 * @module
 */

import { showUnquoted } from "./show_value.ts";

/** The largest number that kernels can count with. */
const MAX = 2 ** 31 - 1;

/**
 * Checks that a parameter is a whole number in a range.
 *
 * @param name The parameter's name, for the message.
 * @param value Its value.
 * @param minimum The smallest accepted number.
 * @param maximum The largest accepted number.
 * @returns The number.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is not whole, or out of range.
 */
export function checkWholeNumber(
  name: string,
  value: unknown,
  minimum: number,
  maximum = MAX,
): number {
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot use ${name} ${showUnquoted(value)}: wanted a number, not ${kindOf(value)}`,
    );
  }
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    const isBounded = maximum < MAX || value > maximum;
    const range = isBounded ? `from ${minimum} to ${maximum}` : `≥ ${minimum}`;
    throw new RangeError(`Cannot use ${name} ${value}: wanted a whole number ${range}`);
  }
  return value;
}

/**
 * Names the type of a value.
 *
 * @param value Any value.
 * @returns The type with its article, such as "a string".
 */
export function kindOf(value: unknown): string {
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return type === "null" || type === "undefined"
    ? type
    : `${/^[ao]/.test(type) ? "an" : "a"} ${type}`;
}
