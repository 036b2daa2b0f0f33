import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";

/** No data set has so many; more would only take memory. */
const MOST_LABELS = 2 ** 20;

/**
 * The labels of a classification head, from a config's `id2label`, else `num_labels`. A file that
 * has both and disagrees with itself is read as transformers does: `id2label` counts.
 *
 * @param raw The config's keys.
 * @returns The labels' names by id; `LABEL_0`, `LABEL_1` … where they have none, two by default.
 * @throws {TypeError} If a key is of the wrong type.
 * @throws {RangeError} If the ids have gaps, or there are none or too many.
 */
export function parseLabels(raw: Readonly<Record<string, unknown>>): string[] {
  const { id2label } = raw;
  if (id2label === undefined || id2label === null) {
    return Array.from({ length: countOf(raw.num_labels ?? 2) }, (_, id) => `LABEL_${id}`);
  }
  if (!isJsonObject(id2label)) {
    throw new TypeError(`config id2label must be an object, got ${showValue(id2label)}`);
  }
  const names = Object.keys(id2label).map((_, id) => id2label[id]);
  if (names.length === 0 || names.includes(undefined)) {
    throw new RangeError(
      `config id2label must have the keys 0, 1, …, got ${showValue(Object.keys(id2label))}`,
    );
  }
  // Data sets whose labels are numbers leave numbers.
  if (!names.every((name) => typeof name === "string" || typeof name === "number")) {
    throw new TypeError(`config id2label must name labels, got ${showValue(id2label)}`);
  }
  return names.map(String);
}

function countOf(count: unknown): number {
  const message = `config num_labels must be an integer from 1 to ${MOST_LABELS}, got ${
    showValue(count)
  }`;
  if (typeof count !== "number") throw new TypeError(message);
  if (!Number.isSafeInteger(count) || count < 1 || count > MOST_LABELS) {
    throw new RangeError(message);
  }
  return count;
}
