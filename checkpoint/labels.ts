import { isJsonObject } from "./json.ts";

/**
 * The labels of a classification head, from a config's `id2label`, else `num_labels`.
 *
 * @param raw The config's keys.
 * @returns The labels' names by id; `LABEL_0`, `LABEL_1` … where they have none, two by default.
 * @throws {TypeError} If a key is of the wrong type.
 * @throws {RangeError} If the ids have gaps, or the keys disagree.
 *
 * @example
 * ```ts
 * import { parseLabels } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseLabels({ id2label: { "1": "good", "0": "bad" } }), ["bad", "good"]);
 * assertEquals(parseLabels({}), ["LABEL_0", "LABEL_1"]);
 * ```
 */
export function parseLabels(raw: Readonly<Record<string, unknown>>): string[] {
  const { id2label, num_labels } = raw;
  const count = num_labels ?? 2;
  if (typeof count !== "number") {
    throw new TypeError(`config num_labels must be an integer ≥ 1, got ${JSON.stringify(count)}`);
  }
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`config num_labels must be an integer ≥ 1, got ${count}`);
  }
  if (id2label === undefined || id2label === null) {
    return Array.from({ length: count }, (_, id) => `LABEL_${id}`);
  }
  if (!isJsonObject(id2label)) {
    throw new TypeError(`config id2label must be an object, got ${JSON.stringify(id2label)}`);
  }
  const names = Object.keys(id2label).map((_, id) => id2label[id]);
  if (names.length === 0 || names.includes(undefined)) {
    throw new RangeError(
      `config id2label must have the keys 0, 1, …, got ${Object.keys(id2label).join(", ")}`,
    );
  }
  if (!names.every((name) => typeof name === "string")) {
    throw new TypeError(`config id2label must name labels, got ${JSON.stringify(id2label)}`);
  }
  if (num_labels !== undefined && num_labels !== null && names.length !== count) {
    throw new RangeError(
      `config num_labels is ${count}, but id2label has ${names.length} labels; change both`,
    );
  }
  return names;
}
