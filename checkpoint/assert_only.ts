import { showValue } from "../base/show_value.ts";

/**
 * Checks keys that are supported with one value only.
 *
 * @param raw The config's keys.
 * @param only The keys and their values.
 * @throws {RangeError} If a key is there and has another value.
 */
export function assertOnly(
  raw: Readonly<Record<string, unknown>>,
  only: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of Object.entries(only)) {
    if (raw[key] === undefined || raw[key] === value) continue;
    throw new RangeError(
      `config ${key} must be ${showValue(value)}, the only value that is supported, got ` +
        showValue(raw[key]),
    );
  }
}
