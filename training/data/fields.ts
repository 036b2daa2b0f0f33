/**
 * Fields of an example, checked.
 *
 * @module
 */
import { showNames, showValue } from "../../base/show_value.ts";
import type { LocatedExample } from "./example.ts";

/** Reads the fields of one example; errors name its file and line, and the field. */
export class Fields {
  readonly #example: LocatedExample;

  /**
   * Reads an example.
   *
   * @param example The example.
   */
  constructor(example: LocatedExample) {
    this.#example = example;
  }

  /** Whether there is a field, and it is not null. */
  has(name: string): boolean {
    const { value } = this.#example;
    return Object.hasOwn(value, name) && value[name] !== null && value[name] !== undefined;
  }

  /** What errors call a field. */
  nameOf(name: string): string {
    return `${this.#example.where}, ${name}`;
  }

  /**
   * Finds the first of some fields that is there.
   *
   * @param names Names of the field.
   * @returns Its name.
   * @throws {TypeError} If there is none.
   */
  find(...names: readonly string[]): string {
    const found = names.find((name) => this.has(name));
    if (found !== undefined) return found;
    const { value, where } = this.#example;
    throw new TypeError(
      `Cannot learn from ${where}: it has no ${names.join(" or ")}, but ` +
        (Object.keys(value).length > 0 ? showNames(Object.keys(value)) : "no fields"),
    );
  }

  /** The value of a field that is there. */
  value(...names: readonly string[]): unknown {
    return this.#example.value[this.find(...names)];
  }

  /** A text. */
  text(...names: readonly string[]): string {
    const name = this.find(...names);
    const value = this.#example.value[name];
    if (typeof value === "string") return value;
    throw this.wrong(name, value, "a text");
  }

  /** A list of any values: a field, or what a field holds under that name. */
  list(name: string, value = this.value(name)): readonly unknown[] {
    const isTyped = ArrayBuffer.isView(value) && !(value instanceof DataView);
    if (Array.isArray(value) || isTyped) return value as unknown as unknown[];
    throw this.wrong(name, value, "an array");
  }

  /** A list of texts. */
  texts(name: string): readonly string[] {
    const list = this.list(name);
    const wrong = list.findIndex((each) => typeof each !== "string");
    if (wrong < 0) return list as readonly string[];
    throw this.wrong(`${name}[${wrong}]`, list[wrong], "a text");
  }

  /** A list of whole numbers that int32 holds. */
  wholeNumbers(name: string, value = this.value(name)): Int32Array {
    return Int32Array.from(this.list(name, value), (each, i) => this.#whole(`${name}[${i}]`, each));
  }

  /** A whole number. */
  whole(name: string): number {
    return this.#whole(name, this.value(name));
  }

  /** An error about a field. */
  wrong(name: string, value: unknown, wanted: string): TypeError {
    return new TypeError(
      `Cannot learn from ${this.nameOf(name)}: it is ${showValue(value)}, wanted ${wanted}`,
    );
  }

  #whole(name: string, value: unknown): number {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && Math.abs(number) < 2 ** 31) {
      return number;
    }
    throw this.wrong(name, value, "a whole number");
  }
}
