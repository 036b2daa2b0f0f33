import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";

/** Longest prefix or suffix of tokens, which is put before or after parts of each word. */
const MAX_AFFIX = 100;

/** A part of a tokenizer.json: an object whose settings are checked as they are read. */
export class JsonPart {
  /** Its name in messages. */
  readonly name: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /**
   * Wraps a part.
   *
   * @param value The parsed JSON.
   * @param name Its name in messages, such as `normalizer of tokenizer.json`.
   * @throws {TypeError} If the value is not an object.
   */
  constructor(value: unknown, name: string) {
    this.name = name;
    if (!isJsonObject(value)) {
      throw new TypeError(`Cannot read ${name}: wanted an object, got ${showValue(value)}`);
    }
    this.#values = value;
  }

  /**
   * Reads a setting of any type.
   *
   * @param key Its name.
   * @returns The value; undefined if it is absent or null.
   */
  get(key: string): unknown {
    return ownValue(this.#values, key) ?? undefined;
  }

  /**
   * Reads a string.
   *
   * @param key Its name.
   * @param absent The default; without it the setting is required.
   * @returns The string.
   * @throws {TypeError} If the value is not a string, or has a lone surrogate.
   */
  string(key: string, absent?: string): string {
    const value = this.get(key) ?? absent;
    if (typeof value !== "string" || !value.isWellFormed()) {
      return this.fail(`${key} is ${showValue(value)}; wanted a string`);
    }
    return value;
  }

  /**
   * Reads a boolean.
   *
   * @param key Its name.
   * @param absent The default.
   * @returns The value.
   * @throws {TypeError} If the value is not a boolean.
   */
  boolean(key: string, absent: boolean): boolean {
    const value = this.get(key) ?? absent;
    if (typeof value !== "boolean") {
      return this.fail(`${key} is ${showValue(value)}; wanted true or false`);
    }
    return value;
  }

  /**
   * Reads a count.
   *
   * @param key Its name.
   * @param absent The default; without it the setting is required.
   * @returns The number.
   * @throws {TypeError} If the value is not a whole number ≥ 0.
   */
  count(key: string, absent?: number): number {
    const value = this.get(key) ?? absent;
    if (!Number.isSafeInteger(value) || value as number < 0) {
      return this.fail(`${key} is ${showValue(value)}; wanted a whole number from 0`);
    }
    return value as number;
  }

  /**
   * Reads one of some words.
   *
   * @param key Its name.
   * @param words The words.
   * @param absent The default; without it the setting is required.
   * @returns The word.
   * @throws {TypeError} If the value is not one of the words.
   */
  oneOf<Word extends string>(key: string, words: readonly Word[], absent?: Word): Word {
    const value = this.get(key) ?? absent;
    const word = words.find((known) => known === value);
    return word ??
      this.fail(`${key} is ${showValue(value)}; wanted ${words.join(", ")}`);
  }

  /**
   * Reads a list.
   *
   * @param key Its name.
   * @returns The elements, unchecked.
   * @throws {TypeError} If the value is not a list.
   */
  list(key: string): unknown[] {
    const value = this.get(key);
    return Array.isArray(value) ? value : this.fail(`${key} is ${showValue(value)}; wanted a list`);
  }

  /**
   * Reads what stands before or after parts of words in the vocabulary.
   *
   * @param key Its name.
   * @param absent The default.
   * @returns The prefix or suffix.
   * @throws {TypeError} If the value is not a string, or has more than 100 letters.
   */
  affix(key: string, absent: string): string {
    const affix = this.string(key, absent);
    return affix.length <= MAX_AFFIX
      ? affix
      : this.fail(`${key} has ${affix.length} letters; wanted at most ${MAX_AFFIX}`);
  }

  /**
   * Rejects the part.
   *
   * @param what The fault.
   * @throws {TypeError} Always.
   */
  fail(what: string): never {
    throw new TypeError(`Cannot read ${this.name}: ${what}`);
  }
}

/**
 * Looks up a key of an object from outside.
 *
 * @param object The object.
 * @param key The key.
 * @returns Its value; undefined if the object itself has no such key.
 */
export function ownValue(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
