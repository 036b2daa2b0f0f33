import { showValue } from "./show_value.ts";

/**
 * Checks keys that are supported with one value only.
 *
 * @param raw The config's keys.
 * @param only The keys and their values.
 * @throws {RangeError} If a key is there and has another value.
 *
 * @example
 * ```ts
 * import { assertOnly } from "@lsg/core/checkpoint";
 * import { assertThrows } from "@std/assert";
 *
 * assertOnly({}, { inner_group_num: 1 });
 * assertThrows(() => assertOnly({ inner_group_num: 2 }, { inner_group_num: 1 }), RangeError);
 * ```
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
