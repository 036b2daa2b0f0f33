/**
 * IEEE half precision, the float16 of weight files and of the dtype "fp16".
 *
 * @module
 */

/** Values of all 65,536 bit patterns; made on first use. */
let values: Float32Array | undefined;

function valuesOfBits(): Float32Array {
  const all = new Float32Array(65536);
  const words = new Int32Array(all.buffer);
  // Loops over few operations: others take several times as long until they are compiled.
  for (let bits = 0; bits < 0x7c00; bits++) {
    words[bits] = (bits << 13) + (112 << 23); // both exponents have a bias: 15, 127
    words[bits | 0x8000] = words[bits] | 1 << 31;
  }
  for (let bits = 0x7c00; bits < 0x8000; bits++) {
    words[bits] = (bits << 13) + (224 << 23); // infinite, or NaN
    words[bits | 0x8000] = words[bits] | 1 << 31;
  }
  for (let bits = 0; bits < 0x400; bits++) {
    all[bits] = bits * 2 ** -24; // subnormal
    all[bits | 0x8000] = -all[bits];
  }
  return all;
}

/**
 * Converts IEEE half-precision numbers exactly to float32.
 *
 * @param bits Bit patterns, `[n]`.
 * @returns Values, `[n]`.
 *
 * @example
 * ```ts
 * import { decodeFloat16 } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeFloat16(new Uint16Array([0x3c00, 0xc000])), new Float32Array([1, -2]));
 * ```
 */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const table = values ??= valuesOfBits();
  const decoded = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) decoded[i] = table[bits[i]];
  return decoded;
}

/** Rounds a non-negative number to the nearest integer, ties to even. */
function roundTiesToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/**
 * Rounds to IEEE half precision: to nearest, ties to even, subnormals kept; values beyond the
 * largest half-precision number become infinite.
 *
 * @param values Values, `[n]`.
 * @returns Bit patterns, `[n]`.
 *
 * @example
 * ```ts
 * import { encodeFloat16 } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeFloat16(new Float32Array([1, -2])), new Uint16Array([0x3c00, 0xc000]));
 * ```
 */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(values, (value, i) => {
    const sign = (words[i] >>> 16) & 0x8000;
    const magnitude = Math.abs(value);
    if (Number.isNaN(value)) return sign | 0x7e00;
    if (magnitude >= 65536) return sign | 0x7c00;
    // Subnormals have the exponent −14, too.
    const exponent = Math.max(((words[i] >>> 23) & 255) - 127, -14);
    const mantissa = roundTiesToEven(magnitude * 2 ** (10 - exponent));
    // The leading one of the mantissa, and a carry out of it, add to the exponent field.
    return sign | (((exponent + 14) << 10) + mantissa);
  });
}
