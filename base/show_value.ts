/** Longest text that a message shows of a value from outside. */
const LONGEST = 80;

/**
 * A value as error messages show it: JSON, cut where it is long; numbers and what JSON lacks (NaN,
 * infinities, bigints, undefined) by their names.
 *
 * @param value Anything, such as a value out of a file.
 * @returns The text.
 */
export function showValue(value: unknown): string {
  const text = textOf(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function textOf(value: unknown): string {
  if (typeof value !== "object" && typeof value !== "string") return String(value);
  try {
    return JSON.stringify(value, showNumbers);
  } catch {
    return "an object that is too deep to show";
  }
}

/** Inside an object too, JSON has no words for these. */
function showNumbers(_key: string, value: unknown): unknown {
  const lacks = typeof value === "bigint" || (typeof value === "number" && !isFinite(value));
  return lacks ? String(value) : value;
}
