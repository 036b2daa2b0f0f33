/**
 * Passages of an index, checked.
 *
 * @module
 */
import { showName, showValue } from "../base/show_value.ts";
import type { Encoder } from "./encoder.ts";

/** A passage in an index. */
export interface IndexRow {
  /** Where it stands in the file, for messages. */
  readonly where: string;
  /** Its name. */
  readonly id: string;
  /** Start in its document; absent if the file does not tell. */
  readonly start?: number;
  /** End in its document. */
  readonly end?: number;
  /** Its text. */
  readonly text?: string;
  /** Its embedding. */
  readonly vector: Float32Array;
}

/** An index that is open for reading. */
export interface IndexFile {
  /** What made it; absent if the file does not tell. */
  readonly encoder?: Encoder;
  /** Reads all passages, once. */
  rows(): AsyncIterable<IndexRow>;
}

/**
 * Checks the values of a row, which are untrusted.
 *
 * @param where Where the row stands.
 * @param row Its values by name.
 * @returns The checked values, without the embedding.
 * @throws {TypeError} If there is no id, or a value is of another type.
 */
export function checkRow(
  where: string,
  row: Readonly<Record<string, unknown>>,
): Omit<IndexRow, "vector"> {
  const value = (name: string) => Object.hasOwn(row, name) ? row[name] ?? undefined : undefined;
  const [id, text] = [value("id"), value("text")];
  if (!["string", "number", "bigint"].includes(typeof id)) throw wrong(where, "an id", id);
  if (text !== undefined && typeof text !== "string") throw wrong(where, "a text", text);
  const [start, end] = ["start", "end"].map((name) => {
    const at = value(name);
    if (at === undefined || Number.isSafeInteger(Number(at)) && typeof at !== "string") {
      return at === undefined ? undefined : Number(at);
    }
    throw wrong(where, `${name} as a whole number`, at);
  });
  return { where, id: String(id), text, start, end };
}

/**
 * Checks an embedding, which is untrusted.
 *
 * @param where Where it stands.
 * @param given The embedding.
 * @returns The embedding.
 * @throws {TypeError} If it is not a list of numbers.
 * @throws {RangeError} If a value is not finite as a 32-bit float.
 */
export function checkVector(where: string, given: unknown): Float32Array {
  const isList = Array.isArray(given) || given instanceof Float32Array ||
    given instanceof Float64Array;
  if (!isList || given.length === 0) throw wrong(where, "an embedding", given);
  const strange = given instanceof Array
    ? given.findIndex((value) => typeof value !== "number")
    : -1;
  if (strange >= 0) {
    const value = Array.isArray(given[strange])
      ? "embeddings of tokens (--pooling none)"
      : showValue(given[strange]);
    throw new TypeError(
      `Cannot read ${showName(where)}: wanted numbers in its embedding, got ${value}`,
    );
  }
  const vector = Float32Array.from(given as ArrayLike<number>);
  const wrongAt = vector.findIndex((value) => !Number.isFinite(value));
  if (wrongAt < 0) return vector;
  throw new RangeError(
    `Cannot read ${showName(where)}: value ${wrongAt} of its embedding is ${given[wrongAt]}, ` +
      "wanted finite numbers",
  );
}

function wrong(where: string, wanted: string, got: unknown): TypeError {
  const shown = got === undefined ? "none" : showValue(got);
  return new TypeError(`Cannot read ${showName(where)}: wanted ${wanted}, got ${shown}`);
}
