/**
 * Options of a call, checked.
 *
 * @module
 */

/** A type, as `typeof` has it. */
export type OptionType = "boolean" | "function" | "number" | "object" | "string";

/** What an option may be. */
export interface OptionCheck {
  /** The type of its values, or several. */
  readonly type: OptionType | readonly OptionType[];
  /** The words for that. */
  readonly wanted: string;
  /** Which values of these types are right; all if absent. */
  readonly accepts?: (value: unknown) => boolean;
  /** Whether `null` is right too. */
  readonly nullable?: boolean;
}

/** Yes or no. */
export const FLAG: OptionCheck = { type: "boolean", wanted: "true or false" };

/** A function. */
export const CALLBACK: OptionCheck = { type: "function", wanted: "a function" };

/** Any text. */
export const TEXT: OptionCheck = { type: "string", wanted: "a string" };

/**
 * A whole number.
 *
 * @param least The smallest one.
 * @returns The check.
 */
export function countFrom(least: number): OptionCheck {
  return {
    type: "number",
    wanted: `a whole number ≥ ${least}`,
    accepts: (value) => Number.isSafeInteger(value) && Number(value) >= least,
  };
}

/** How many, or `null` for all. */
export const COUNT_OR_ALL: OptionCheck = {
  ...countFrom(1),
  wanted: "a whole number ≥ 1, or null for all",
  nullable: true,
};

/**
 * One of some names.
 *
 * @param names The names.
 * @returns The check.
 */
export function oneOf(names: readonly string[]): OptionCheck {
  return {
    type: "string",
    wanted: names.map((name) => JSON.stringify(name)).join(" or "),
    accepts: (value) => names.includes(value as string),
  };
}

/**
 * Refuses options that a call does not have.
 *
 * @param action What is attempted, as messages say it.
 * @param options The options given.
 * @param known The names of those that it has.
 * @throws {TypeError} If one is unknown, or `options` is no object.
 *
 * @example
 * ```ts
 * import { checkNames } from "@lsg/core/pipelines";
 * import { assertThrows } from "@std/assert";
 *
 * checkNames("Cannot count", { top_k: 3 }, ["top_k"]);
 * assertThrows(() => checkNames("Cannot count", { topk: 3 }, ["top_k"]), TypeError, "top_k");
 * ```
 */
export function checkNames(action: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${action} with the options ${String(options)}: wanted an object`);
  }
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new TypeError(`${action} with ${unknown.join(", ")}: wanted ${known.join(", ")}`);
  }
}

/**
 * Refuses options that a call does not have, and values that they cannot have.
 *
 * @param action What is attempted, as messages say it.
 * @param options The options given.
 * @param checks What each option may be.
 * @throws {TypeError} If an option is unknown, or a value of a wrong type.
 * @throws {RangeError} If a value is none of those wanted.
 *
 * @example
 * ```ts
 * import { checkOptions, countFrom } from "@lsg/core/pipelines";
 * import { assertThrows } from "@std/assert";
 *
 * checkOptions("Cannot count", { top_k: 3 }, { top_k: countFrom(1) });
 * assertThrows(() => checkOptions("Cannot count", { top_k: 0 }, { top_k: countFrom(1) }), RangeError);
 * ```
 */
export function checkOptions<Options extends object>(
  action: string,
  options: Options,
  checks: { readonly [Name in keyof Required<Options>]: OptionCheck | undefined },
): void {
  const known = Object.keys(checks) as (keyof Options & string)[];
  checkNames(action, options, known);
  for (const name of known) {
    const value: unknown = options[name];
    const check = checks[name];
    if (value === undefined || !check || (value === null && check.nullable)) continue;
    const types: readonly string[] = [check.type].flat();
    const fits = types.includes(typeof value) && value !== null;
    if (fits && (check.accepts?.(value) ?? true)) continue;
    throw new (fits ? RangeError : TypeError)(
      `${action} with ${name} ${shown(value)}: wanted ${check.wanted}`,
    );
  }
}

/** A number or a name as it is written; NaN and 1n are none in JSON. */
function shown(value: unknown): string {
  return typeof value === "number" || typeof value === "bigint"
    ? String(value)
    : JSON.stringify(value) ?? typeof value;
}
