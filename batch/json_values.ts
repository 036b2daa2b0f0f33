/**
 * Kinds of values in JSON from outside.
 *
 * @module
 */

/**
 * Whether it is a text with characters.
 *
 * @param value The value.
 * @returns Whether.
 */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/**
 * Whether it is a SHA-256 in hexadecimal.
 *
 * @param value The value.
 * @returns Whether.
 */
export function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/**
 * Whether it is a number of things.
 *
 * @param value The value.
 * @param least The least number.
 * @returns Whether.
 */
export function isCount(value: unknown, least = 0): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
