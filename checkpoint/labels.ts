import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";

/** More than any data set has; bounds the memory that a hostile file can take. */
const MAX_LABELS = 2 ** 20;

/**
 * Parses the labels of a classification head from a config's `id2label`, else `num_labels`. If the
 * two disagree, `id2label` takes precedence, as in transformers.
 *
 * @param raw The config's keys.
 * @returns The labels by id; `LABEL_0`, `LABEL_1`, … if they have no names, two by default.
 * @throws {TypeError} If a key is of the wrong type.
 * @throws {RangeError} If the ids have gaps, or there are no labels or too many.
 */
export function parseLabels(raw: Readonly<Record<string, unknown>>): string[] {
  const { id2label } = raw;
  if (id2label === undefined || id2label === null) {
    return Array.from({ length: parseCount(raw.num_labels ?? 2) }, (_, id) => `LABEL_${id}`);
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
  // Labels of some data sets are numbers.
  if (!names.every((name) => typeof name === "string" || typeof name === "number")) {
    throw new TypeError(
      `config id2label must map ids to strings or numbers, got ${showValue(id2label)}`,
    );
  }
  return names.map(String);
}

/**
 * Parses a number of labels.
 *
 * @param count The value.
 * @returns The number.
 * @throws {TypeError | RangeError} If it is not an integer from 1 to a million.
 */
export function parseCount(count: unknown): number {
  const message = `config num_labels must be an integer from 1 to ${MAX_LABELS}, got ${
    showValue(count)
  }`;
  if (typeof count !== "number") throw new TypeError(message);
  if (!Number.isSafeInteger(count) || count < 1 || count > MAX_LABELS) {
    throw new RangeError(message);
  }
  return count;
}

/** Labels of a classification head. */
export interface LabelSettings {
  /** How many there are; the config's names are kept if there are as many, else `LABEL_0`, …. */
  readonly num_labels?: number;
  /** Their names by id. */
  readonly id2label?: readonly string[] | Readonly<Record<number, string>>;
  /** Their ids by name. */
  readonly label2id?: Readonly<Record<string, number>>;
}
