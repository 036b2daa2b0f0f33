/**
 * Settings of Self-Extend, with LongLM's names.
 *
 * @module
 */
import { checkNames } from "../../base/check_options.ts";
import { showValue } from "../../base/show_value.ts";

/** Group and window of Self-Extend. */
export interface SelfExtendSettings {
  /** How many neighbouring tokens share a position; ≥ 1. */
  readonly group_size: number;
  /** How many keys up to a query's own keep ordinary positions; ≥ 1. */
  readonly window_size: number;
}

/**
 * Settings; `auto`: settings that suit the length of the text, none if it is no longer than what the
 * model was trained on; null: none.
 */
export type SelfExtendOption = SelfExtendSettings | "auto" | null;

/**
 * Checks an option.
 *
 * @param action What is attempted, as messages begin.
 * @param option The caller's value.
 * @throws {TypeError} If it is not an object with the two settings and no other, `auto` or null.
 * @throws {RangeError} If a setting is not a whole number ≥ 1.
 *
 * @example
 * ```ts
 * import { checkSelfExtend } from "@lsg/core/attention";
 * import { assertThrows } from "@std/assert";
 *
 * checkSelfExtend("Cannot answer", { group_size: 4, window_size: 1024 });
 * assertThrows(
 *   () => checkSelfExtend("Cannot answer", { group_size: 0, window_size: 1024 }),
 *   RangeError,
 *   "Cannot answer with group_size 0",
 * );
 * ```
 */
export function checkSelfExtend(action: string, option: unknown): void {
  if (option === null || option === "auto") return;
  if (typeof option !== "object") {
    throw new TypeError(
      `${action} with self_extend ${showValue(option)}: wanted { group_size, window_size }, ` +
        '"auto" or null',
    );
  }
  const names = ["group_size", "window_size"] as const;
  const settings = checkNames(`${action} with self_extend`, option as SelfExtendSettings, names);
  for (const name of names) {
    const value: unknown = settings[name];
    if (typeof value !== "number") {
      throw new TypeError(
        `${action} with ${name} ${showValue(value)} in self_extend: wanted a whole number ≥ 1`,
      );
    }
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(
      `${action} with ${name} ${value} in self_extend: wanted a whole number ≥ 1`,
    );
  }
}

/**
 * The longest text whose positions stay among those that a model was trained on.
 *
 * @param trained Tokens that it was trained on, L.
 * @param settings Group and window.
 * @returns `(L − window)·group + window`; L if the window is as long.
 *
 * @example
 * ```ts
 * import { longestExtended } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(longestExtended(4096, { group_size: 4, window_size: 1024 }), 13312);
 * ```
 */
export function longestExtended(
  trained: number,
  { group_size: group, window_size: window }: SelfExtendSettings,
): number {
  return window >= trained ? trained : (trained - window) * group + window;
}

/** Part of the trained positions that a text may use: LongLM's rule of thumb is ½ … ⅔. */
const USED = 0.6;

/**
 * Settings that suit a text: a window of a quarter of the trained length, and the smallest group with
 * which positions stay below 0.6 of it.
 *
 * @param trained Tokens that the model was trained on.
 * @param tokens Tokens of the text.
 * @returns Group and window; undefined if the text is not longer than what the model was trained on.
 *
 * @example
 * ```ts
 * import { chooseSelfExtend } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(chooseSelfExtend(4096, 4096), undefined);
 * assertEquals(chooseSelfExtend(4096, 10_000), { group_size: 7, window_size: 1024 });
 * ```
 */
export function chooseSelfExtend(trained: number, tokens: number): SelfExtendSettings | undefined {
  if (tokens <= trained) return undefined;
  const window_size = Math.max(1, Math.floor(trained / 4));
  const group_size = Math.ceil((tokens - window_size) / Math.max(1, USED * trained - window_size));
  return { group_size, window_size };
}
