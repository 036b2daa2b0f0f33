/**
 * The choices of the explorer as text: in the form, and in the address of the page.
 *
 * @module
 */
import { type ChoiceName, PATTERNS, TOKENS, type Values } from "./patterns.ts";

/** What a visitor has chosen. */
export interface Choices {
  /** Name of the pattern. */
  readonly pattern: string;
  /** Texts of its choices by name, as typed. */
  readonly texts: Readonly<Partial<Record<ChoiceName, string>>>;
  /** Row of the query whose keys are shown; absent: one in the middle. */
  readonly row?: number;
}

/** Least numbers that are understood; the library checks the rest. */
const LONGEST_NUMBER = 6;

/**
 * Lists the choices of a pattern.
 *
 * @param pattern Its name.
 * @returns Names and defaults, the length first.
 */
export function defaultsOf(pattern: string): Partial<Values> {
  return { tokens: TOKENS, ...PATTERNS[pattern].defaults };
}

/**
 * Reads the choices from the address of the page.
 *
 * @param query The query part, such as `?pattern=full&tokens=64`.
 * @returns The choices; absent ones have their defaults.
 * @throws {RangeError} If there is no such pattern.
 */
export function parseChoices(query: string): Choices {
  const given = new URLSearchParams(query);
  const pattern = given.get("pattern") ?? Object.keys(PATTERNS)[0];
  if (!Object.hasOwn(PATTERNS, pattern)) {
    throw new RangeError(
      `Cannot draw the pattern ${JSON.stringify(pattern.slice(0, 40))}: wanted one of ` +
        Object.keys(PATTERNS).join(", "),
    );
  }
  const texts = Object.entries(defaultsOf(pattern)).map(([name, value]) => [
    name,
    given.get(name) ?? String(value),
  ]);
  const row = Number(given.get("query") ?? "none");
  return {
    pattern,
    texts: Object.fromEntries(texts),
    ...(Number.isInteger(row) && row >= 0 && { row }),
  };
}

/**
 * Writes the choices as the query part of an address, without those that are defaults.
 *
 * @param choices The choices.
 * @returns For example `?pattern=full&tokens=64`.
 */
export function formatChoices({ pattern, texts, row }: Choices): string {
  const defaults = defaultsOf(pattern);
  const query = new URLSearchParams({ pattern });
  for (const [name, text] of Object.entries(texts)) {
    if (text !== String(defaults[name as ChoiceName])) query.set(name, text);
  }
  if (row !== undefined) query.set("query", String(row));
  return `?${query}`;
}

/**
 * Reads the values of the choices.
 *
 * @param choices The choices.
 * @returns The values; the library checks them.
 * @throws {RangeError} If a text is not a number where one is wanted, or neither true nor false.
 */
export function valuesOf({ pattern, texts }: Choices): Values {
  const entries = Object.entries(defaultsOf(pattern)).map(([name, value]) => {
    const text = texts[name as ChoiceName] ?? String(value);
    return [name, parse(name, text, typeof value)];
  });
  return Object.fromEntries(entries) as unknown as Values;
}

function parse(name: string, text: string, type: string): number | boolean | string {
  if (type === "number") {
    if (new RegExp(`^\\d{1,${LONGEST_NUMBER}}$`).test(text.trim())) return Number(text);
    throw new RangeError(`Cannot use ${name} ${shown(text)}: wanted a whole number`);
  }
  if (type === "boolean") {
    if (text === "true" || text === "false") return text === "true";
    throw new RangeError(`Cannot use ${name} ${shown(text)}: wanted true or false`);
  }
  return text;
}

function shown(text: string): string {
  return text === "" ? "(empty)" : JSON.stringify(text.slice(0, 40));
}
