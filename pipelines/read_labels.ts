/**
 * The labels of zero-shot classification.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";

/**
 * Reads candidate labels.
 *
 * @param given A list, or a comma-separated string.
 * @returns The labels, at least one.
 * @throws {RangeError} If there are none.
 * @throws {TypeError} If one is not a string.
 */
export function readLabels(given: unknown): string[] {
  const labels: unknown[] = typeof given === "string"
    ? given.split(",").map((label) => label.trim()).filter((label) => label !== "")
    : [given].flat();
  if (labels.length === 0) {
    throw new RangeError("Cannot classify by no labels: wanted at least one");
  }
  return labels.map((label) => {
    if (typeof label === "string") return label;
    throw new TypeError(`Cannot classify by the label ${showValue(label)}: wanted a string`);
  });
}
