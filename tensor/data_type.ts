/**
 * The forms of weights by name.
 *
 * @module
 */

/**
 * In which type a backend holds weights: 32-bit floats, half precision (half the memory), or 8-bit
 * integers (a quarter), by which rows are multiplied as 11-bit integers.
 */
export type DataType = "fp32" | "fp16" | "q8";

/** The data types that `dtype` takes. */
export const DATA_TYPES: readonly DataType[] = ["fp32", "fp16", "q8"];

/**
 * That there is such a form.
 *
 * @param dtype What was asked for.
 * @returns The form; 32-bit floats if none was asked for.
 * @throws {RangeError} If there is none of that name.
 */
export function checkDataType(dtype: DataType = "fp32"): DataType {
  if (DATA_TYPES.includes(dtype)) return dtype;
  throw new RangeError(
    `Cannot hold weights with dtype ${JSON.stringify(dtype)}: wanted one of ` +
      DATA_TYPES.map((known) => `"${known}"`).join(", "),
  );
}

/** The largest number that each form has. */
const LARGEST = {
  fp16: 65504,
  q8: 3.4028234663852886e38,
};

/**
 * That a form has numbers of some size.
 *
 * @param dtype The form.
 * @param largest The largest size of the weights' values, or NaN if a value is.
 * @throws {RangeError} If it does not.
 */
export function checkLargest(dtype: "fp16" | "q8", largest: number): void {
  if (largest <= LARGEST[dtype]) return;
  throw new RangeError(
    `Cannot hold a weight of ${largest} with dtype "${dtype}": wanted ${LARGEST[dtype]} at most`,
  );
}
