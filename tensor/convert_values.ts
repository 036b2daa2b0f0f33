/**
 * Values of one type to another.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";

/** Typed array that holds the values of each tensor type. */
export interface TensorArrays {
  /** 32-bit floats: activations, weights, logits. */
  float32: Float32Array;
  /** 32-bit integers: ids, positions and masks inside the library. */
  int32: Int32Array;
  /** 64-bit integers: ids and masks as tokenizers return them. */
  int64: BigInt64Array;
  /** 8-bit integers: embeddings of bits, less 128. */
  int8: Int8Array;
  /** 8-bit integers without a sign: embeddings of bits. */
  uint8: Uint8Array;
  /** Booleans: one byte per value, 0 or 1. */
  bool: Uint8Array;
}

/** Type of a tensor's values. */
export type TensorType = keyof TensorArrays;

/** Any of the typed arrays that can hold a tensor's values. */
export type TensorArray = TensorArrays[TensorType];

/** The array of each type. */
export const ARRAY_TYPES = {
  float32: Float32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/**
 * Converts numbers to a tensor type.
 *
 * @param values Numbers, bigints or booleans.
 * @param type The wanted type.
 * @returns The values as the type's array.
 * @throws {TypeError} If one is not a number, a bigint or a boolean.
 * @throws {RangeError} If the type is one of integers and cannot hold a value exactly.
 */
export function convertValues<Type extends TensorType>(
  values: ArrayLike<unknown>,
  type: Type,
): TensorArrays[Type] {
  const array = new ARRAY_TYPES[type](values.length) as Record<number, unknown>;
  const isInteger = type.includes("int");
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number | bigint | boolean;
    const isNumber = /^(number|bigint|boolean)$/.test(typeof value);
    const number = isNumber ? Number(value) : NaN;
    const isStored = isNumber && (!isInteger || Number.isInteger(number));
    if (isStored) {
      array[i] = type === "int64" ? BigInt(value) : type === "bool" ? number !== 0 : number;
    }
    // Arrays of integers keep the lowest bits of what does not fit.
    if (!isStored || (isInteger && array[i] != value)) {
      throw new (isNumber ? RangeError : TypeError)(
        `Cannot store ${showValue(value)} in a tensor of type ${type}`,
      );
    }
  }
  return array as unknown as TensorArrays[Type];
}
