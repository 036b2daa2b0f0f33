import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import { type LabelSettings, parseCount, parseLabels } from "./labels.ts";

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
