import { showValue } from "../base/show_value.ts";

/** The largest whole number that kernels can count with. */
const MAX_INTEGER = 2 ** 31 - 1;

/** The smallest float32 that no device rounds to 0, and the largest. */
const FLOAT32_RANGE = [2 ** -126, 2 ** 128 - 2 ** 104];

/** Reads the keys of a parsed JSON object with defaults and type checks. */
export class KeyReader {
  readonly #subject: string;
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #defaults: Readonly<Record<string, unknown>>;
  readonly #aliases: Readonly<Record<string, string>>;

  /**
   * Wraps an object; nothing is checked yet.
   *
   * @param subject The owner of the keys, for error messages, such as `config`.
   * @param raw The object.
   * @param defaults The values of absent keys.
   * @param aliases Alternative names of keys in the object; the key itself takes precedence.
   */
  constructor(
    subject: string,
    raw: Readonly<Record<string, unknown>>,
    defaults: Readonly<Record<string, unknown>>,
    aliases: Readonly<Record<string, string>> = {},
  ) {
    this.#subject = subject;
    this.#raw = raw;
    this.#defaults = defaults;
    this.#aliases = aliases;
  }

  /**
   * Makes a reader of an object in this one.
   *
   * @param subject The owner of its keys, for error messages.
   * @param raw The object.
   * @param defaults The values of absent keys.
   * @returns The reader.
   */
  inside(subject: string, raw: object, defaults: object = {}): KeyReader {
    return new KeyReader(
      subject,
      raw as Readonly<Record<string, unknown>>,
      defaults as Readonly<Record<string, unknown>>,
    );
  }

  /**
   * Reads a value without a check.
   *
   * @param key The key.
   * @returns The value, or its default.
   */
  value(key: string): unknown {
    const given = this.#raw[this.#nameOf(key)];
    return given === undefined ? this.#defaults[key] : given;
  }

  /**
   * Reads a whole number.
   *
   * @param key The key.
   * @param minimum The smallest accepted number.
   * @param maximum The largest accepted number.
   * @returns The number.
   * @throws {TypeError} If the value is not a number.
   * @throws {RangeError} If it is not whole, or out of range.
   */
  integer(key: string, minimum: number, maximum = MAX_INTEGER): number {
    const given = this.value(key);
    const isTooLarge = typeof given === "number" && given > MAX_INTEGER;
    const wanted = maximum === MAX_INTEGER && !isTooLarge
      ? `an integer ≥ ${minimum}`
      : `an integer from ${minimum} to ${maximum}`;
    const value = this.#number(key, wanted);
    if (!Number.isSafeInteger(value) || value < minimum || value > maximum) {
      this.#fail(RangeError, key, wanted);
    }
    return value;
  }

  /**
   * Reads a number above 0 that a float32 can hold.
   *
   * @param key The key.
   * @returns The number.
   * @throws {TypeError} If the value is not a number.
   * @throws {RangeError} If it is 0, negative, infinite, or beyond the range of float32.
   */
  positive(key: string): number {
    const [smallest, largest] = FLOAT32_RANGE;
    const wanted = `a number above 0 in the range of float32, from ${smallest} to ${largest}`;
    const value = this.#number(key, wanted);
    if (!(value >= smallest && value <= largest)) this.#fail(RangeError, key, wanted);
    return value;
  }

  /**
   * Reads a rate of dropout.
   *
   * @param key The key.
   * @returns The rate, or null.
   * @throws {TypeError} If the value is neither a number nor null.
   * @throws {RangeError} If it is not from 0 to below 1.
   */
  rate(key: string): number | null {
    if (this.value(key) === null) return null;
    const wanted = "a number from 0 to below 1";
    const value = this.#number(key, wanted);
    return value >= 0 && value < 1 ? value : this.#fail(RangeError, key, wanted);
  }

  /**
   * Reads a boolean.
   *
   * @param key The key.
   * @returns The value.
   * @throws {TypeError} If it is neither true nor false.
   */
  boolean(key: string): boolean {
    const value = this.value(key);
    return typeof value === "boolean" ? value : this.#fail(TypeError, key, "true or false");
  }

  /**
   * Reads one of several words.
   *
   * @param key The key.
   * @param allowed The accepted words.
   * @param synonyms Other words for them.
   * @returns The value, one of the accepted words.
   * @throws {RangeError} If it is not one of them.
   */
  oneOf<T extends string>(
    key: string,
    allowed: readonly T[],
    synonyms: Readonly<Record<string, T>> = {},
  ): T {
    const given = this.value(key) as T;
    const isSynonym = typeof given === "string" && Object.hasOwn(synonyms, given);
    const value = isSynonym ? synonyms[given] : given;
    const wanted = `one of ${allowed.join(", ")}`;
    return allowed.includes(value) ? value : this.#fail(RangeError, key, wanted);
  }

  #nameOf(key: string): string {
    return this.#raw[key] === undefined ? this.#aliases[key] ?? key : key;
  }

  #number(key: string, wanted: string): number {
    const value = this.value(key);
    return typeof value === "number" ? value : this.#fail(TypeError, key, wanted);
  }

  #fail(ErrorType: typeof TypeError | typeof RangeError, key: string, wanted: string): never {
    const got = showValue(this.value(key));
    const name = this.#nameOf(key);
    throw new ErrorType(`${this.#subject} ${name} must be ${wanted}, got ${got}`);
  }
}
