import { showValue } from "../base/show_value.ts";

/**
 * Asserts that keys have the only value that is supported.
 *
 * @param raw The config's keys.
 * @param only The supported value of each key.
 * @throws {RangeError} If a key is present with another value.
 */
export function assertOnly(
  raw: Readonly<Record<string, unknown>>,
  only: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of Object.entries(only)) {
    if (raw[key] === undefined || raw[key] === value) continue;
    throw new RangeError(
      `config ${key} must be ${showValue(value)}, the only supported value, got ` +
        showValue(raw[key]),
    );
  }
}
