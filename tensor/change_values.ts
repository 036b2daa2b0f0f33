/**
 * Changes of all values of a tensor, each by itself, in its own type.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { convertValues, type TensorArray, type TensorType } from "./convert_values.ts";

/**
 * Changes values in place. Bigints pass as numbers: the operators are the same.
 *
 * @param data The values.
 * @param type Their type.
 * @param change Returns the new value.
 * @throws {RangeError} If a type of integers cannot hold a new value; then none is changed.
 */
export function changeValues(
  data: TensorArray,
  type: TensorType,
  change: (value: number) => number,
): void {
  const values = data as Float32Array;
  if (type === "float32") { for (let i = 0; i < values.length; i++) values[i] = change(values[i]); }
  else values.set(convertValues(Array.from(values, change), type) as TensorArray as Float32Array);
}

/**
 * Converts a number of a caller to what values of a type can be combined with.
 *
 * @param value The number, or a bigint.
 * @param type The type of the values.
 * @returns A bigint for int64, else a number; typed as a number, as the operators are the same.
 * @throws {TypeError} If it is not a number, or the values are booleans.
 * @throws {RangeError} If it is not finite, or has a fraction and the type is int64.
 */
export function operandOf(value: number | bigint, type: TensorType): number {
  const action = `Cannot combine values of type ${type} with ${showValue(value)}`;
  if (type === "bool") {
    throw new TypeError(`${action}: wanted numbers, to which to("int32") converts`);
  }
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new TypeError(`${action}: wanted a number`);
  }
  const isWhole = type === "int64";
  if (!(isWhole ? Number.isInteger : Number.isFinite)(Number(value))) {
    throw new RangeError(`${action}: wanted a ${isWhole ? "whole" : "finite"} number`);
  }
  return (isWhole ? BigInt(value) : Number(value)) as number;
}

/**
 * Asserts that values are floats.
 *
 * @param action What is attempted, such as `divide`.
 * @param type The tensor's type.
 * @throws {TypeError} If the type is another.
 */
export function assertFloats(action: string, type: TensorType): void {
  if (type === "float32") return;
  throw new TypeError(
    `Cannot ${action} type ${type}: wanted float32, to which to("float32") converts`,
  );
}
