/**
 * Values of a template as Python has them.
 *
 * @module
 */
import { STEP, tooDeep, type WorkBudget } from "./work_budget.ts";

/** A value of the template engine. */
export interface Value {
  /** `StringValue`, `ArrayValue`, … */
  readonly type: string;
  /** A string, number, boolean, array of values, map of values, function; undefined for no value. */
  readonly value: unknown;
}

/** Deepest nesting of lists and objects. */
const MAX_NESTING = 100;

/** What Python's `repr` escapes: no letters, marks, numbers, punctuation, symbols, no space. */
const UNPRINTABLE = /[\p{C}\p{Z}]/gu;

/**
 * Tells whether a value is that of a name that has none.
 *
 * @param value The value.
 * @returns Whether it is; None is not.
 */
export function isUndefined({ type }: Value): boolean {
  return type === "UndefinedValue";
}

/**
 * Lists the values in a value.
 *
 * @param value The value.
 * @returns The items of an array or the values of an object; undefined for others.
 */
export function itemsOf({ value }: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof Map ? [...value.values()] : undefined;
}

/**
 * Counts the characters of a value, and of all values in it as often as they occur.
 *
 * @param value The value.
 * @param budget Pays for them.
 * @returns Characters, values, and levels.
 * @throws {RangeError} If they are too many, or too deep.
 */
export function measure(
  value: Value,
  budget: WorkBudget,
): { characters: number; values: number; levels: number } {
  const found = { characters: 0, values: 0, levels: 0 };
  const visit = (at: Value, level: number): void => {
    if (level > MAX_NESTING) throw tooDeep();
    found.values++;
    found.levels = Math.max(found.levels, level);
    let characters = STEP;
    if (typeof at.value === "string") characters += at.value.length;
    if (at.value instanceof Map) {
      for (const key of at.value.keys()) {
        characters += key.length + 4;
      }
    }
    budget.spend(characters);
    found.characters += characters;
    for (const item of itemsOf(at) ?? []) visit(item, level + 1);
  };
  visit(value, 1);
  return found;
}

/**
 * Compares values.
 *
 * @param a A value.
 * @param b Another.
 * @param budget Pays for the comparison.
 * @returns Whether Python finds them equal.
 */
export function isEqual(a: Value, b: Value, budget: WorkBudget): boolean {
  budget.spend(STEP);
  // None and what is undefined have no value.
  if (a.value === undefined || b.value === undefined) return a.type === b.type;
  if (typeof a.value === "string" && typeof b.value === "string") {
    if (a.value.length !== b.value.length) return false;
    budget.spend(a.value.length);
    return a.value === b.value;
  }
  if (Array.isArray(a.value) && Array.isArray(b.value)) {
    const other: readonly Value[] = b.value;
    return a.value.length === other.length &&
      a.value.every((item: Value, i) => isEqual(item, other[i], budget));
  }
  if (a.value instanceof Map && b.value instanceof Map) {
    const other: ReadonlyMap<string, Value> = b.value;
    return a.value.size === other.size &&
      [...a.value as ReadonlyMap<string, Value>].every(([key, item]) =>
        other.has(key) && isEqual(item, other.get(key)!, budget)
      );
  }
  const isNumber = (value: unknown) => typeof value === "number" || typeof value === "boolean";
  if (isNumber(a.value) && isNumber(b.value)) return Number(a.value) === Number(b.value);
  return a.value === b.value;
}

/**
 * Writes a value as Python's `str` does.
 *
 * @param value The value.
 * @param budget Pays for the characters.
 * @returns The text; empty for what is undefined.
 */
export function textOf(value: Value, budget: WorkBudget): string {
  if (typeof value.value === "string") return value.value;
  if (isUndefined(value)) return "";
  // A control character is written as six.
  budget.spend(5 * measure(value, budget).characters);
  return represent(value);
}

/** Python's `repr`. */
function represent({ type, value }: Value): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === undefined) return type === "NullValue" ? "None" : "Undefined";
  if (typeof value === "number") {
    return type === "FloatValue" && Number.isInteger(value) ? value.toFixed(1) : `${value}`;
  }
  if (Array.isArray(value)) {
    const items = value.map(represent).join(", ");
    if (type !== "TupleValue") return `[${items}]`;
    return value.length === 1 ? `(${items},)` : `(${items})`;
  }
  if (value instanceof Map) {
    const entries = [...value as ReadonlyMap<string, Value>];
    return `{${entries.map(([key, item]) => `${quote(key)}: ${represent(item)}`).join(", ")}}`;
  }
  throw new TypeError("it prints a function");
}

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll(mark, `\\${mark}`)
    .replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")
    .replace(UNPRINTABLE, (character) => {
      const code = character.codePointAt(0)!;
      if (code === 32) return character;
      const [letter, digits] = code < 256 ? ["x", 2] : code < 65536 ? ["u", 4] : ["U", 8];
      return `\\${letter}${code.toString(16).padStart(digits as number, "0")}`;
    });
  return mark + escaped + mark;
}
