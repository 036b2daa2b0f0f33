/**
 * The labels that a dataset has.
 *
 * @module
 */
import { showValue } from "../../base/show_value.ts";
import { IGNORED } from "../losses.ts";
import { type ExampleData, openExamples } from "./examples.ts";
import { Fields } from "./fields.ts";
import { numberOf } from "./label_reader.ts";

/** Labels of a dataset, and what kind of problem they make. */
export interface FoundLabels {
  /** Names by id; empty of a regression. */
  readonly id2label: readonly string[];
  /** As in a config: `config: { problem_type }`. */
  readonly problem_type:
    | "regression"
    | "single_label_classification"
    | "multi_label_classification";
}

/**
 * Reads all labels of a dataset: its fields `label`, `labels` or `tags`. Names are sorted, as
 * transformers' `run_classification` does; if all of them are whole numbers, by their value. Numbers,
 * some with fractions, make a regression, in files of text too. Null means absent; the tag −100 is
 * none, as nothing is learnt from it.
 *
 * @param data The examples.
 * @returns The labels, for `from_pretrained(…, { id2label, config: { problem_type } })`.
 * @throws {TypeError} If an example has no labels, or of another kind than those before.
 * @throws {RangeError} If there are no examples, or none has a label.
 *
 * @example
 * ```ts
 * import { findLabels } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const { id2label } = await findLabels([
 *   { text: "It rained.", label: "weather" },
 *   { text: "They won.", label: "sport" },
 * ]);
 * assertEquals(id2label, ["sport", "weather"]);
 * ```
 */
export async function findLabels(data: ExampleData): Promise<FoundLabels> {
  const found = await scanLabels(data);
  if (found.problem_type === "regression" || found.id2label.length > 0) return found;
  throw new TypeError(
    "Cannot find labels: the arrays hold numbers, so their labels have no names; give num_labels",
  );
}

/**
 * Reads all labels of a dataset, as {@linkcode findLabels} does; arrays may hold numbers, a number for
 * each label, which have no names then.
 *
 * @param data The examples.
 * @returns The labels.
 * @throws {TypeError} If an example has no labels, or of another kind than those before.
 * @throws {RangeError} If there are no examples, or none has a label.
 */
export async function scanLabels(data: ExampleData): Promise<FoundLabels> {
  const examples = await openExamples(data);
  const found = new Set<string>();
  let [hasLists, hasTags, hasFractions, areNumbers] = [false, false, false, true];
  let [first, type]: (string | undefined)[] = [];
  for (let i = 0; i < examples.length; i++) {
    const example = await examples.at(i);
    const { value, where } = example;
    const fields = new Fields(example);
    const field = ["label", "labels", "tags"].find((name) => fields.has(name));
    if (field === undefined) {
      throw new TypeError(`Cannot find labels: ${where} has no label, labels or tags`);
    }
    const given = value[field];
    const list: readonly unknown[] = Array.isArray(given) ? given : [given];
    const kind = `${field}${Array.isArray(given) ? " with an array" : ""}`;
    first ??= kind;
    if (kind !== first) {
      throw new TypeError(`Cannot find labels: ${where} has ${kind}, those before have ${first}`);
    }
    [hasLists, hasTags] = [Array.isArray(given), field === "tags"];
    for (const label of list) {
      if (hasTags && label === IGNORED) continue;
      if (typeof label !== "string" && !Number.isFinite(label)) {
        throw new TypeError(
          `Cannot find labels: ${where} has ${field} ${
            showValue(label)
          }, wanted a string or a finite number`,
        );
      }
      // An empty cell in CSV is a missing label, and no name.
      if (typeof label === "string" && label.trim() === "") {
        throw new TypeError(
          `Cannot find labels: ${where} has ${field} ${showValue(label)}, ` +
            "wanted a name that is not empty",
        );
      }
      const own = typeof label;
      type ??= own;
      if (own !== type) {
        throw new TypeError(
          `Cannot find labels: ${where} has ${field} ${showValue(label)}, wanted a ${type} like ` +
            "those before",
        );
      }
      const number = numberOf(label);
      areNumbers &&= number !== undefined;
      hasFractions ||= number !== undefined && !Number.isInteger(number);
      // Numbers of a regression may be many and say nothing; strings may still turn out to be names.
      if (!hasFractions || own === "string") found.add(String(label));
    }
  }
  if (first === undefined) throw new RangeError("Cannot find labels: there are no examples");
  if (hasFractions && areNumbers && !hasLists) return { id2label: [], problem_type: "regression" };
  if (hasLists && !hasTags && type === "number") {
    return { id2label: [], problem_type: "multi_label_classification" };
  }
  if (found.size === 0) throw new RangeError("Cannot find labels: none of the examples has one");
  const id2label = [...found].sort((a, b) =>
    areNumbers && Number(a) !== Number(b) ? Number(a) - Number(b) : a < b ? -1 : 1
  );
  return {
    id2label,
    problem_type: hasLists && !hasTags
      ? "multi_label_classification"
      : "single_label_classification",
  };
}
