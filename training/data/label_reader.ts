/**
 * Labels of examples, as ids.
 *
 * @module
 */
import { showNames, showValue } from "../../base/show_value.ts";

/** Reads labels, by the names that a model has for them. */
export class LabelReader {
  readonly #names: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  /** Whether names are numbers, so that a number is a name and not an id. */
  readonly #isNumeric: boolean;

  /**
   * Makes a reader.
   *
   * @param names The model's `id2label`.
   */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#ids = new Map(names.map((name, id) => [name, id]));
    this.#isNumeric = names.every((name) => numberOf(name) !== undefined);
  }

  /**
   * Reads the name of a label, or its id; if the names are numbers, numbers are names.
   *
   * @param label The label.
   * @param field File, line and field, for errors.
   * @returns The id.
   * @throws {TypeError} If it is neither a string nor a number.
   * @throws {RangeError} If there is no such label.
   */
  readClass(label: unknown, field: string): number {
    if (typeof label !== "string" && typeof label !== "number") {
      throw new TypeError(
        `Cannot learn from ${field}: it is ${
          showValue(label)
        }, wanted the name of a label or its id`,
      );
    }
    const named = this.#ids.get(String(label));
    if (named !== undefined) return named;
    const id = this.#isNumeric ? undefined : numberOf(label);
    if (id !== undefined && Number.isInteger(id) && id >= 0 && id < this.#names.length) return id;
    throw new RangeError(
      `Cannot learn from ${field}: there is no label ${showValue(label)}; labels: ` +
        showNames(this.#names),
    );
  }

  /**
   * Reads several labels of one text: their names, or a number for each label of the model.
   *
   * @param labels The labels.
   * @param field File, line and field, for errors.
   * @returns A number for each label of the model.
   * @throws {TypeError} If it is neither.
   * @throws {RangeError} If there is no such label, or there are too few or too many numbers.
   */
  readSeveral(labels: unknown, field: string): number[] {
    const count = this.#names.length;
    if (!Array.isArray(labels)) {
      throw new TypeError(
        `Cannot learn from ${field}: it is ${showValue(labels)}, wanted an array of labels`,
      );
    }
    if (labels.length > 0 && labels.every((label) => typeof label === "number")) {
      if (labels.length === count) return labels;
      throw new RangeError(
        `Cannot learn from ${field}: it has ${labels.length} numbers, wanted the names of labels, ` +
          `or a number for each of ${count} labels`,
      );
    }
    const values = new Array<number>(count).fill(0);
    labels.forEach((label, i) => {
      if (typeof label !== "string") {
        throw new TypeError(
          `Cannot learn from ${field}[${i}]: it is ${showValue(label)}, wanted the name of a label`,
        );
      }
      values[this.readClass(label, `${field}[${i}]`)] = 1;
    });
    return values;
  }

  /**
   * Reads a number, as a regression predicts it.
   *
   * @param label A number, or in CSV its digits.
   * @param field File, line and field, for errors.
   * @returns The number.
   * @throws {TypeError} If it is none.
   */
  readNumber(label: unknown, field: string): number {
    const value = numberOf(label);
    if (value !== undefined) return value;
    throw new TypeError(
      `Cannot learn from ${field}: it is ${showValue(label)}, wanted a finite number`,
    );
  }
}

/** A finite number, or one in decimal digits. */
export function numberOf(value: unknown): number | undefined {
  const isDecimal = typeof value === "string" &&
    /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value);
  const number = isDecimal ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
