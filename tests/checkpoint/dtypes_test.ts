import { Buffer } from "node:buffer";
import { assertEquals, assertThrows } from "@std/assert";
import {
  bytesPerElement,
  decodeFloats,
  decodeIntegers,
  type Dtype,
  encodeFloats,
  isDtype,
} from "../../checkpoint/dtypes.ts";

const bytesOf = (array: { buffer: ArrayBufferLike }) => new Uint8Array(array.buffer);

Deno.test("isDtype() accepts the format's types, not inherited property names", () => {
  assertEquals(["F32", "BF16", "I64", "F4", "F8_E8M0"].map(isDtype), Array(5).fill(true));
  assertEquals(
    ["f32", "C128", "toString", "__proto__", null, 4].map(isDtype),
    Array(6).fill(false),
  );
});

Deno.test("decodeFloats() reads every floating-point type, at any byte offset", () => {
  const stored: [Dtype, Uint8Array][] = [
    ["F32", bytesOf(new Float32Array([1, -2.5]))],
    ["F64", bytesOf(new Float64Array([1, -2.5]))],
    ["F16", bytesOf(new Uint16Array([0x3c00, 0xc100]))],
    ["BF16", bytesOf(new Uint16Array([0x3f80, 0xc020]))],
  ];
  for (const [dtype, bytes] of stored) {
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    assertEquals(decodeFloats(shifted.subarray(1), dtype, "x"), new Float32Array([1, -2.5]), dtype);
    assertEquals(bytes.length / bytesPerElement(dtype), 2, dtype);
  }
});

Deno.test("decodeFloats() and decodeIntegers() read a Node Buffer, whose slice() is no copy", () => {
  const stored = Buffer.from(new Int32Array([9, 7, -7]).buffer).subarray(4);
  assertEquals(decodeIntegers(stored, "I32", "ids"), new Int32Array([7, -7]));
  const floats = Buffer.from(new Float32Array([9, 1, -2.5]).buffer).subarray(4);
  assertEquals(decodeFloats(floats, "F32", "x"), new Float32Array([1, -2.5]));
});

Deno.test("decodeFloats() does not copy float32 numbers that fill their buffer", () => {
  const bytes = bytesOf(new Float32Array([1, -2.5]));
  assertEquals(decodeFloats(bytes, "F32", "x").buffer === bytes.buffer, true);
  assertEquals(decodeFloats(bytes.subarray(4), "F32", "x").buffer === bytes.buffer, false);
});

Deno.test("decodeFloats() throws on integers", () => {
  assertThrows(() => decodeFloats(new Uint8Array(8), "I64", "ids"), TypeError, "tensor ids");
});

Deno.test("decodeIntegers() reads every integer type", () => {
  const stored: [Dtype, Uint8Array, number[]][] = [
    ["BOOL", new Uint8Array([0, 1]), [0, 1]],
    ["U8", new Uint8Array([0, 255]), [0, 255]],
    ["I8", bytesOf(new Int8Array([-128, 127])), [-128, 127]],
    ["U16", bytesOf(new Uint16Array([0, 65535])), [0, 65535]],
    ["I16", bytesOf(new Int16Array([-32768, 5])), [-32768, 5]],
    ["U32", bytesOf(new Uint32Array([0, 7])), [0, 7]],
    ["I32", bytesOf(new Int32Array([-(2 ** 31), 7])), [-(2 ** 31), 7]],
    ["U64", bytesOf(new BigUint64Array([0n, 7n])), [0, 7]],
    ["I64", bytesOf(new BigInt64Array([-1n, 2n ** 31n - 1n])), [-1, 2 ** 31 - 1]],
  ];
  for (const [dtype, bytes, values] of stored) {
    assertEquals([...decodeIntegers(bytes, dtype, "ids")], values, dtype);
  }
});

Deno.test("decodeIntegers() throws on floats and numbers out of range", () => {
  assertThrows(() => decodeIntegers(new Uint8Array(8), "F32", "ids"), TypeError, "tensor ids");
  const large = bytesOf(new BigInt64Array([2n ** 31n]));
  assertThrows(() => decodeIntegers(large, "I64", "ids"), RangeError, "2147483648");
  const unsigned = bytesOf(new Uint32Array([2 ** 32 - 1]));
  assertThrows(() => decodeIntegers(unsigned, "U32", "ids"), RangeError, "4294967295");
});

Deno.test("encodeFloats() is the inverse of decodeFloats()", () => {
  const values = new Float32Array([0, 1, -2.5, 2 ** -14, Infinity]);
  for (const dtype of ["F32", "F16", "BF16"] as const) {
    assertEquals(decodeFloats(encodeFloats(values, dtype), dtype, "x"), values, dtype);
  }
});
