/**
 * Labels of a batch, as numbers with a shape.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { Tensor } from "../tensor/tensor.ts";

/**
 * Labels: a tensor, or nested arrays of numbers; `[batch]`, `[batch, labels]` or `[batch, tokens]`,
 * depending on the model's head.
 */
export type Labels =
  | Tensor
  | readonly (number | bigint)[]
  | readonly (readonly (number | bigint)[])[];

/** Labels as numbers. */
export interface LabelValues {
  /** One or two sizes. */
  readonly dims: readonly number[];
  /** The values, row-major. */
  readonly values: Float64Array;
}

/**
 * Reads labels.
 *
 * @param name Their name in the batch.
 * @param given The labels as the caller gave them.
 * @returns The numbers, all finite.
 * @throws {TypeError} If there are none, or they are not numbers in one or two dimensions.
 */
export function readLabels(name: string, given: unknown): LabelValues {
  const wanted = "wanted a tensor or nested arrays of numbers, [batch] or [batch, labels]";
  const fail = (what: string) =>
    new TypeError(`Cannot compute the loss: ${name} ${what}; ${wanted}`);
  const isTensor = given instanceof Tensor;
  if (!isTensor && !Array.isArray(given)) throw fail(`is ${showValue(given)}`);
  const nested: readonly unknown[] = isTensor ? [] : given;
  const isNested = nested.some((row) => Array.isArray(row));
  const dims = isTensor ? given.dims : isNested ? rowsOf(nested) : [nested.length];
  if (!dims || dims.length < 1 || dims.length > 2 || dims.includes(0)) {
    throw fail(isTensor ? `has the shape [${given.dims}]` : "has no rows of one length");
  }
  const numbers: ArrayLike<unknown> = isTensor ? given.data : isNested ? nested.flat() : nested;
  const values = Float64Array.from(numbers, (value, i) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    throw fail(`holds ${showValue(value)} at ${i}`);
  });
  return { dims, values };
}

/**
 * Asserts that labels are whole numbers, as classes and positions are.
 *
 * @param name Their name in the batch.
 * @param labels The labels.
 * @returns The same.
 * @throws {TypeError} If one is not.
 */
export function wholeLabels(name: string, { values }: LabelValues): Int32Array {
  const at = values.findIndex((value) => !Number.isInteger(value) || Math.abs(value) >= 2 ** 31);
  if (at < 0) return Int32Array.from(values);
  throw new TypeError(
    `Cannot compute the loss: ${name} holds ${values[at]} at ${at}; wanted whole numbers`,
  );
}

function rowsOf(rows: readonly unknown[]): readonly number[] | undefined {
  const lengths = rows.map((row) => Array.isArray(row) ? row.length : -1);
  return lengths.some((length) => length !== lengths[0]) ? undefined : [rows.length, lengths[0]];
}
