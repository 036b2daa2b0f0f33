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

function parseCount(count: unknown): number {
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

/**
 * Chooses a config's labels.
 *
 * @param raw The config's keys.
 * @param settings The number of labels, or their names, or both if they agree.
 * @returns The keys with `id2label` and `label2id`, which agree.
 * @throws {TypeError} If a setting is of the wrong type.
 * @throws {RangeError} If ids have gaps, names are not unique, or the settings contradict each other.
 */
export function withLabels(
  raw: Readonly<Record<string, unknown>>,
  { num_labels, id2label, label2id }: LabelSettings,
): Record<string, unknown> {
  const named = id2label ?? (label2id === undefined ? undefined : invert(label2id));
  const { num_labels: _, ...others } = raw;
  let names = parseLabels(
    named === undefined ? raw : { id2label: Array.isArray(named) ? { ...named } : named },
  );
  if (named === undefined && num_labels !== names.length) names = parseLabels({ num_labels });
  if (num_labels !== undefined && parseCount(num_labels) !== names.length) {
    throw new RangeError(
      `Cannot use num_labels ${num_labels} with ${names.length} names: wanted as many`,
    );
  }
  const ids = new Map(names.map((name, id) => [name, id]));
  if (ids.size < names.length) {
    throw new RangeError(`Cannot use the labels ${showValue(names)}: wanted different names`);
  }
  if (label2id !== undefined && id2label !== undefined) {
    const entries = isJsonObject(label2id) ? Object.entries(label2id) : [];
    if (entries.length !== ids.size || entries.some(([name, id]) => ids.get(name) !== id)) {
      throw new RangeError(
        `Cannot use label2id ${showValue(label2id)}: wanted the inverse of id2label`,
      );
    }
  }
  return {
    ...others,
    id2label: Object.fromEntries(names.entries()),
    label2id: Object.fromEntries(ids),
  };
}

/** Names by id; ids that are not 0, 1, … are left to {@linkcode parseLabels}. */
function invert(label2id: unknown): Record<string, string> {
  const ids = isJsonObject(label2id) ? Object.values(label2id) : [];
  if (!isJsonObject(label2id) || !ids.every((id) => typeof id === "number")) {
    throw new TypeError(`label2id must map names to ids, got ${showValue(label2id)}`);
  }
  if (new Set(ids).size < ids.length) {
    throw new RangeError(`label2id must have a name for each id, got ${showValue(label2id)}`);
  }
  return Object.fromEntries(Object.entries(label2id).map(([name, id]) => [id, name]));
}
