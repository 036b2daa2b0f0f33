/**
 * Work of the engine's filters and methods, paid for before they run.
 *
 * @module
 */
import { itemsOf, measure, type Value } from "./values.ts";
import { STEP, type WorkBudget } from "./work_budget.ts";

/**
 * Takes off the work of a filter or a method.
 *
 * @param operand What it is applied to.
 * @param name Its name.
 * @param args Its arguments.
 * @param budget Pays for it.
 * @throws {RangeError} If so much is not left.
 */
export function payForMethod(
  operand: Value,
  name: string,
  args: readonly Value[],
  budget: WorkBudget,
): void {
  const values = args.flatMap((arg) => arg.value instanceof Map ? itemsOf(arg)! : [arg]);
  const numbers = values.map(({ value }) => typeof value === "number" ? Math.max(0, value) : 0);
  const width = Math.max(0, ...numbers);
  const texts = values.flatMap((arg) => itemsOf(arg) ?? [arg])
    .flatMap(({ value }) => typeof value === "string" ? [value] : []);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (typeof operand.value !== "string") {
    return budget.spend(listWork(operand, name, { length, width }, budget));
  }
  const text = operand.value;
  const isSearch = ["find", "replace", "split"].includes(name);
  // A text that repeats itself is compared again at each of its characters.
  budget.spend(text.length * (isSearch ? 1 + length / 16 : 1) + length);
  budget.spend(textWork(text, name, texts, width));
}

/** The work of what a text becomes. */
function textWork(text: string, name: string, texts: readonly string[], width: number): number {
  const [first = "", second = ""] = texts;
  switch (name) {
    case "replace":
      return occurrences(text, first) * second.length;
    case "split":
      return 2 * STEP * (first === "" ? text.length / 2 : occurrences(text, first));
    case "indent":
      return (occurrences(text, "\n") + 1) * (STEP + width);
    case "join":
      return text.length * (STEP + first.length);
    case "title":
      return 4 * text.length;
    default:
      return 0;
  }
}

function listWork(
  operand: Value,
  name: string,
  { length, width }: { readonly length: number; readonly width: number },
  budget: WorkBudget,
): number {
  const items = itemsOf(operand)?.length ?? 0;
  const each = items * (2 * STEP + length);
  switch (name) {
    case "tojson": {
      const { characters, values, levels } = measure(operand, budget);
      return 6 * characters + values * (length + width * levels + STEP);
    }
    case "sort":
    case "dictsort":
    case "unique":
    case "join":
      return each + 2 * Math.log2(items + 2) * measure(operand, budget).characters;
    default:
      return each;
  }
}

function occurrences(text: string, wanted: string): number {
  if (wanted === "") return text.length + 1;
  let count = 0;
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
    count++;
  }
  return count;
}
