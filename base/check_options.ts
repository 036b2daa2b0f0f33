/**
 * Checks of a call's options.
 *
 * @module
 */

import { showNames, showValue } from "./show_value.ts";

/** A type, as `typeof` names it. */
export type OptionType = "boolean" | "function" | "number" | "object" | "string";

/** The values that an option accepts. */
export interface OptionCheck {
  /** The type of its values, or several types. */
  readonly type: OptionType | readonly OptionType[];
  /** Describes the accepted values in messages. */
  readonly wanted: string;
  /** Returns whether a value of these types is accepted; absent: all are. */
  readonly accepts?: (value: unknown) => boolean;
  /** Whether `null` is a value of its own; otherwise it means absent. */
  readonly nullable?: boolean;
}

/** A boolean. */
export const FLAG: OptionCheck = { type: "boolean", wanted: "true or false" };

/** A function. */
export const CALLBACK: OptionCheck = { type: "function", wanted: "a function" };

/** A signal that aborts. */
export const SIGNAL: OptionCheck = {
  type: "object",
  wanted: "an AbortSignal",
  accepts: (value) => value instanceof AbortSignal,
};

/** A string. */
export const TEXT: OptionCheck = { type: "string", wanted: "a string" };

/**
 * Makes the check of a whole number.
 *
 * @param minimum The smallest accepted number.
 * @returns The check.
 */
export function countFrom(minimum: number): OptionCheck {
  return {
    type: "number",
    wanted: `a whole number ≥ ${minimum}`,
    accepts: (value) => Number.isSafeInteger(value) && Number(value) >= minimum,
  };
}

/** A count, or `null` for all. */
export const COUNT_OR_ALL: OptionCheck = {
  ...countFrom(1),
  wanted: "a whole number ≥ 1, or null for all",
  nullable: true,
};

/**
 * Makes the check of a name out of a list.
 *
 * @param names The accepted names.
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
 * Checks the names of a call's options. As in transformers.js and Python, null means absent.
 *
 * @param action The attempted action, as messages begin.
 * @param options The options given.
 * @param known The names of the call's options.
 * @param advice What to do in place of options that other libraries have, by their names.
 * @returns The options that are present.
 * @throws {TypeError} If a name is unknown, or `options` is not an object.
 */
export function checkNames<Options extends object>(
  action: string,
  options: Options,
  known: readonly string[],
  advice: Readonly<Record<string, string>> = {},
): Options {
  assertObject(action, options);
  const present = givenOptions(options);
  const unknown = Object.keys(present).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const [first] = unknown;
    const instead = Object.hasOwn(advice, first) ? `${advice[first]}; ` : "";
    throw new TypeError(
      `${action} with ${showNames(unknown)}: ${instead}wanted ${known.join(", ")}`,
    );
  }
  return present;
}

/**
 * Asserts that a call's options are an object.
 *
 * @param action The attempted action, as messages begin.
 * @param options The options given.
 * @throws {TypeError} If they are not an object.
 */
export function assertObject(action: string, options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(`${action} with the options ${showValue(options)}: wanted an object`);
}

/**
 * Leaves out options that are null or undefined.
 *
 * @param options The options given.
 * @param nullable Returns whether null is a value of an option; absent: of none.
 * @returns The others.
 */
export function givenOptions<Options extends object>(
  options: Options,
  nullable: (name: string) => boolean = () => false,
): Options {
  const present = Object.entries(options).filter(([name, value]) =>
    value !== undefined && (value !== null || nullable(name))
  );
  return Object.fromEntries(present) as Options;
}

/**
 * Checks the names and values of a call's options. As in transformers.js and Python, null means
 * absent, unless it is a value of the option.
 *
 * @param action The attempted action, as messages begin.
 * @param options The options given.
 * @param checks The check of each option; undefined: any value is accepted.
 * @returns The options that are present.
 * @throws {TypeError} If an option is unknown, or a value is of the wrong type.
 * @throws {RangeError} If a value is of the right type but not accepted.
 */
export function checkOptions<Options extends object>(
  action: string,
  options: Options,
  checks: { readonly [Name in keyof Required<Options>]: OptionCheck | undefined },
): Options {
  checkNames(action, options, Object.keys(checks));
  return checkValues(action, options, checks);
}

/**
 * Checks the values of a call's options; those without a check may have any. Null means absent, as
 * for {@linkcode checkOptions}.
 *
 * @param action The attempted action, as messages begin.
 * @param options The options given.
 * @param checks The check of each option; undefined: any value is accepted.
 * @returns The options that are present.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a value is of the right type but not accepted.
 */
export function checkValues<Options extends object>(
  action: string,
  options: Options,
  checks: { readonly [Name in keyof Options]?: OptionCheck | undefined },
): Options {
  const isNullable = (name: string) => checks[name as keyof Options]?.nullable ?? false;
  const present = givenOptions(options, isNullable);
  for (const name of Object.keys(checks) as (keyof Options & string)[]) {
    const value: unknown = present[name];
    const check = checks[name];
    if (value === undefined || !check || value === null) continue;
    const types: readonly string[] = [check.type].flat();
    const fits = types.includes(typeof value);
    if (fits && (check.accepts?.(value) ?? true)) continue;
    throw new (fits ? RangeError : TypeError)(
      `${action} with ${name} ${showValue(value)}: wanted ${check.wanted}`,
    );
  }
  return present;
}
