import { showName } from "../base/show_value.ts";
import { decodeBfloat16, encodeBfloat16 } from "../tensor/bfloat16.ts";
import { decodeFloat16, encodeFloat16 } from "../tensor/float16.ts";

/** Element types of the safetensors format (0.8), in its spelling. */
export type Dtype =
  | "BOOL"
  | "F4"
  | "F6_E2M3"
  | "F6_E3M2"
  | "U8"
  | "I8"
  | "F8_E5M2"
  | "F8_E4M3"
  | "F8_E8M0"
  | "F8_E4M3FNUZ"
  | "F8_E5M2FNUZ"
  | "I16"
  | "U16"
  | "F16"
  | "BF16"
  | "I32"
  | "U32"
  | "F32"
  | "C64"
  | "I64"
  | "U64"
  | "F64";

/** Element types that weights can be written in. */
export type FloatDtype = "F32" | "F16" | "BF16";

const BYTES_PER_ELEMENT: Readonly<Record<Dtype, number>> = {
  BOOL: 1,
  F4: 4 / 8,
  F6_E2M3: 6 / 8,
  F6_E3M2: 6 / 8,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  C64: 8,
  I64: 8,
  U64: 8,
  F64: 8,
};

/**
 * Returns whether a value names an element type.
 *
 * @param value Any value, such as one read from a file's header.
 * @returns True if it is one of the safetensors types.
 *
 * @example
 * ```ts
 * import { isDtype } from "@lsg/core/checkpoint";
 * import { assert } from "@std/assert";
 *
 * assert(isDtype("BF16") && !isDtype("constructor"));
 * ```
 */
export function isDtype(value: unknown): value is Dtype {
  return typeof value === "string" && Object.hasOwn(BYTES_PER_ELEMENT, value);
}

/**
 * Returns the size of one element.
 *
 * @param dtype The element type.
 * @returns Bytes per element; a fraction for types of 4 and 6 bits.
 *
 * @example
 * ```ts
 * import { bytesPerElement } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(bytesPerElement("BF16"), 2);
 * ```
 */
export function bytesPerElement(dtype: Dtype): number {
  return BYTES_PER_ELEMENT[dtype];
}

/**
 * Makes a buffer that holds exactly some bytes.
 *
 * @param bytes The bytes.
 * @returns Their buffer; a copy if they are part of a larger one.
 */
export function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  // slice() of a Node Buffer is no copy.
  const { buffer } = bytes.length === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
  return buffer as ArrayBuffer;
}

/**
 * Decodes floating-point elements to float32. Typed arrays use the machine's byte order, which is
 * the format's (little-endian) on every platform of Deno, Node and browsers.
 *
 * @param bytes The stored elements; F32 elements that fill their buffer are not copied, so do not
 * change them afterwards.
 * @param dtype Their type: F32, F16, BF16 (exact) or F64 (rounded).
 * @param name The tensor's name, for the error message.
 * @returns One number per element.
 * @throws {TypeError} If the type is not a floating-point type.
 *
 * @example
 * ```ts
 * import { decodeFloats } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array([0x00, 0x3c, 0x00, 0xc0]);
 * assertEquals(decodeFloats(bytes, "F16", "weight"), new Float32Array([1, -2]));
 * ```
 */
export function decodeFloats(bytes: Uint8Array, dtype: Dtype, name: string): Float32Array {
  const buffer = exactBuffer(bytes);
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F16":
      return decodeFloat16(new Uint16Array(buffer));
    case "BF16":
      return decodeBfloat16(new Uint16Array(buffer));
    case "F64":
      return Float32Array.from(new Float64Array(buffer));
    default:
      throw new TypeError(
        `Cannot read tensor ${showName(name)} as floats: its dtype is ${dtype}, ` +
          `wanted F32, F16, BF16 or F64`,
      );
  }
}

/**
 * Decodes integer elements to int32.
 *
 * @param bytes The stored elements.
 * @param dtype Their type: BOOL, U8, I8, I16, U16, I32, U32, I64 or U64.
 * @param name The tensor's name, for error messages.
 * @returns One number per element.
 * @throws {TypeError} If the type is not an integer type.
 * @throws {RangeError} If a number does not fit into a signed 32-bit integer.
 *
 * @example
 * ```ts
 * import { decodeIntegers } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array(new BigInt64Array([7n, -1n]).buffer);
 * assertEquals(decodeIntegers(bytes, "I64", "input_ids"), new Int32Array([7, -1]));
 * ```
 */
export function decodeIntegers(bytes: Uint8Array, dtype: Dtype, name: string): Int32Array {
  const integers = viewIntegers(exactBuffer(bytes), dtype);
  if (integers === undefined) {
    throw new TypeError(
      `Cannot read tensor ${showName(name)} as integers: its dtype is ${dtype}, ` +
        `wanted an integer dtype such as I32 or I64`,
    );
  }
  return Int32Array.from(integers, (value) => {
    const integer = Number(value);
    if (integer !== (integer | 0)) {
      throw new RangeError(
        `Cannot read tensor ${showName(name)} as int32: ${value} is out of range`,
      );
    }
    return integer;
  });
}

function viewIntegers(
  buffer: ArrayBuffer,
  dtype: Dtype,
): ArrayLike<number | bigint> | undefined {
  switch (dtype) {
    case "BOOL":
    case "U8":
      return new Uint8Array(buffer);
    case "I8":
      return new Int8Array(buffer);
    case "I16":
      return new Int16Array(buffer);
    case "U16":
      return new Uint16Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "U32":
      return new Uint32Array(buffer);
    case "I64":
      return new BigInt64Array(buffer);
    case "U64":
      return new BigUint64Array(buffer);
    default:
      return undefined;
  }
}

/**
 * Encodes float32 numbers as elements of a file.
 *
 * @param values The numbers.
 * @param dtype The element type; F16 and BF16 round to nearest, ties to even.
 * @returns The stored elements.
 *
 * @example
 * ```ts
 * import { encodeFloats } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeFloats(new Float32Array([1, -2]), "F16");
 * assertEquals(bytes, new Uint8Array([0x00, 0x3c, 0x00, 0xc0]));
 * ```
 */
export function encodeFloats(values: Float32Array, dtype: FloatDtype): Uint8Array {
  const stored = dtype === "F32"
    ? values
    : dtype === "F16"
    ? encodeFloat16(values)
    : encodeBfloat16(values);
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}
