/**
 * Data types of weights, by the names that the option `dtype` takes.
 *
 * @module
 */

import { showValue } from "../base/show_value.ts";

/**
 * Data type in which a backend stores weights: 32-bit floats, half precision (half the memory), or
 * 8-bit integers (a quarter), by which rows are multiplied as 8-bit integers too.
 */
export type DataType = "fp32" | "fp16" | "q8";

/** Every {@linkcode DataType}. */
export const DATA_TYPES: readonly DataType[] = ["fp32", "fp16", "q8"];

/**
 * Asserts that `dtype` is supported.
 *
 * @param dtype The requested data type.
 * @returns The data type; `fp32` if `dtype` is absent.
 * @throws {RangeError} If there is no data type of that name.
 */
export function checkDataType(dtype: DataType = "fp32"): DataType {
  if (DATA_TYPES.includes(dtype)) return dtype;
  throw new RangeError(
    `Cannot hold weights with dtype ${showValue(dtype)}: wanted one of ` +
      DATA_TYPES.map((known) => `"${known}"`).join(", ") +
      '; each is made of the weights while loading, and "q8" is the smallest',
  );
}

/**
 * Largest number that each data type can represent. In `q8` 64 are added up when they are rotated,
 * and a sum of 127·127·768 is multiplied by a 127th of that before the other step makes it small
 * again.
 */
const LARGEST = {
  fp16: 65504,
  q8: 2 ** 111,
};

/**
 * Asserts that a data type can represent weights of some magnitude.
 *
 * @param dtype The data type.
 * @param largest The weights' largest magnitude; NaN if one of them is NaN.
 * @throws {RangeError} If it cannot.
 */
export function checkLargest(dtype: "fp16" | "q8", largest: number): void {
  if (largest <= LARGEST[dtype]) return;
  throw new RangeError(
    `Cannot hold a weight of ${largest} with dtype "${dtype}": wanted ${LARGEST[dtype]} at most`,
  );
}
