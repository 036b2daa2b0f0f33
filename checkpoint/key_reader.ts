import { showValue } from "../base/show_value.ts";

/** Reads keys of a parsed JSON object, each with its default, and checks their types. */
export class KeyReader {
  readonly #subject: string;
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #defaults: Readonly<Record<string, unknown>>;
  readonly #spellings: Readonly<Record<string, string>>;

  /**
   * Nothing is checked yet.
   *
   * @param subject What the keys belong to, for error messages: `config`.
   * @param raw The object.
   * @param defaults What absent keys mean.
   * @param spellings How the object may spell keys too; the key itself counts first.
   */
  constructor(
    subject: string,
    raw: Readonly<Record<string, unknown>>,
    defaults: Readonly<Record<string, unknown>>,
    spellings: Readonly<Record<string, string>> = {},
  ) {
    this.#subject = subject;
    this.#raw = raw;
    this.#defaults = defaults;
    this.#spellings = spellings;
  }

  /**
   * A value as it stands.
   *
   * @param key The key.
   * @returns The value, or its default.
   */
  value(key: string): unknown {
    const given = this.#raw[this.#spelling(key)];
    return given === undefined ? this.#defaults[key] : given;
  }

  /**
   * A whole number.
   *
   * @param key The key.
   * @param least The least that is allowed.
   * @param most The most that is allowed.
   * @returns The number.
   * @throws {TypeError} If the value is no number.
   * @throws {RangeError} If it is a fraction, too small or too large.
   */
  integer(key: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const isOpen = most === Number.MAX_SAFE_INTEGER;
    const wanted = isOpen ? `an integer ≥ ${least}` : `an integer from ${least} to ${most}`;
    const value = this.#number(key, wanted);
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      this.#fail(RangeError, key, wanted);
    }
    return value;
  }

  /**
   * A number above 0.
   *
   * @param key The key.
   * @returns The number.
   * @throws {TypeError} If the value is no number.
   * @throws {RangeError} If it is 0, negative or infinite.
   */
  positive(key: string): number {
    const wanted = "a number above 0";
    const value = this.#number(key, wanted);
    if (!(value > 0 && value < Infinity)) this.#fail(RangeError, key, wanted);
    return value;
  }

  /**
   * A truth value.
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
   * One of several words.
   *
   * @param key The key.
   * @param allowed The words.
   * @returns The value.
   * @throws {RangeError} If it is none of them.
   */
  oneOf<T extends string>(key: string, allowed: readonly T[]): T {
    const value = this.value(key) as T;
    const wanted = `one of ${allowed.join(", ")}`;
    return allowed.includes(value) ? value : this.#fail(RangeError, key, wanted);
  }

  #spelling(key: string): string {
    return this.#raw[key] === undefined ? this.#spellings[key] ?? key : key;
  }

  #number(key: string, wanted: string): number {
    const value = this.value(key);
    return typeof value === "number" ? value : this.#fail(TypeError, key, wanted);
  }

  #fail(ErrorType: typeof TypeError | typeof RangeError, key: string, wanted: string): never {
    const got = showValue(this.value(key));
    const name = this.#spelling(key);
    throw new ErrorType(`${this.#subject} ${name} must be ${wanted}, got ${got}`);
  }
}
