import { isJsonObject } from "../base/json.ts";

/** A part of a tokenizer.json, whose settings are read one by one, each of them checked. */
export class JsonPart {
  /** What messages call it. */
  readonly name: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /**
   * Opens a part.
   *
   * @param value The parsed JSON.
   * @param name What messages call it, as `normalizer of tokenizer.json`.
   * @throws {TypeError} If it is no object.
   */
  constructor(value: unknown, name: string) {
    this.name = name;
    if (!isJsonObject(value)) {
      throw new TypeError(`Cannot read ${name}: wanted an object, got ${JSON.stringify(value)}`);
    }
    this.#values = value;
  }

  /**
   * A setting as it stands.
   *
   * @param key Its name.
   * @returns The value; undefined if there is none, or null.
   */
  get(key: string): unknown {
    return Object.hasOwn(this.#values, key) ? this.#values[key] ?? undefined : undefined;
  }

  /**
   * A setting that is a text.
   *
   * @param key Its name.
   * @param absent What stands for an absent one; without it the setting must be there.
   * @returns The text.
   * @throws {TypeError} If it is none.
   */
  string(key: string, absent?: string): string {
    const value = this.get(key) ?? absent;
    if (typeof value !== "string" || !value.isWellFormed()) {
      return this.fail(`${key} is ${JSON.stringify(value)}; wanted a text`);
    }
    return value;
  }

  /**
   * A setting that is true or false.
   *
   * @param key Its name.
   * @param absent What stands for an absent one.
   * @returns The value.
   * @throws {TypeError} If it is neither.
   */
  boolean(key: string, absent: boolean): boolean {
    const value = this.get(key) ?? absent;
    if (typeof value !== "boolean") {
      return this.fail(`${key} is ${JSON.stringify(value)}; wanted true or false`);
    }
    return value;
  }

  /**
   * A setting that counts something.
   *
   * @param key Its name.
   * @param absent What stands for an absent one; without it the setting must be there.
   * @returns The number.
   * @throws {TypeError} If it is no whole number from 0.
   */
  count(key: string, absent?: number): number {
    const value = this.get(key) ?? absent;
    if (!Number.isSafeInteger(value) || value as number < 0) {
      return this.fail(`${key} is ${JSON.stringify(value)}; wanted a whole number from 0`);
    }
    return value as number;
  }

  /**
   * A setting that is one of a few words.
   *
   * @param key Its name.
   * @param words The words.
   * @param absent What stands for an absent one; without it the setting must be there.
   * @returns The word.
   * @throws {TypeError} If it is none of them.
   */
  oneOf<Word extends string>(key: string, words: readonly Word[], absent?: Word): Word {
    const value = this.get(key) ?? absent;
    const word = words.find((known) => known === value);
    return word ??
      this.fail(`${key} is ${JSON.stringify(value)}; wanted ${words.join(", ")}`);
  }

  /**
   * The parts of a setting that is a list of parts.
   *
   * @param key Its name.
   * @returns The elements, as they stand.
   * @throws {TypeError} If it is no list.
   */
  list(key: string): unknown[] {
    const value = this.get(key);
    return Array.isArray(value)
      ? value
      : this.fail(`${key} is ${JSON.stringify(value)}; wanted a list`);
  }

  /**
   * Refuses the part.
   *
   * @param what What is wrong.
   * @throws {TypeError} Always.
   */
  fail(what: string): never {
    throw new TypeError(`Cannot read ${this.name}: ${what}`);
  }
}
