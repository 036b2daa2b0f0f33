/** Longest text of an untrusted value in a message. */
const MAX_LENGTH = 80;

/**
 * Formats a value for an error message: as JSON, truncated; values that JSON lacks (NaN, infinities,
 * bigints, undefined) by their names.
 *
 * @param value Any value, such as one read from a file.
 * @returns The text.
 */
export function showValue(value: unknown): string {
  const text = formatValue(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

function formatValue(value: unknown): string {
  if (typeof value !== "object" && typeof value !== "string") return String(value);
  try {
    return JSON.stringify(value, formatNumber);
  } catch {
    return "an object that is too deep to show";
  }
}

/** Replaces the numbers that JSON lacks, at any depth. */
function formatNumber(_key: string, value: unknown): unknown {
  const isLacking = typeof value === "bigint" || (typeof value === "number" && !isFinite(value));
  return isLacking ? String(value) : value;
}
