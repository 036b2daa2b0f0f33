/**
 * Converts bfloat16 numbers, which are the upper halves of float32 numbers, exactly to float32.
 *
 * @param bits Bit patterns, `[n]`.
 * @returns Values, `[n]`.
 *
 * @example
 * ```ts
 * import { decodeBfloat16 } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeBfloat16(new Uint16Array([0x3f80, 0xc000])), new Float32Array([1, -2]));
 * ```
 */
export function decodeBfloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16;
  return new Float32Array(words.buffer);
}

/**
 * Rounds to bfloat16: to nearest, ties to even; values beyond the largest bfloat16 number become
 * infinite.
 *
 * @param values Values, `[n]`.
 * @returns Bit patterns, `[n]`.
 *
 * @example
 * ```ts
 * import { encodeBfloat16 } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeBfloat16(new Float32Array([1, -2])), new Uint16Array([0x3f80, 0xc000]));
 * ```
 */
export function encodeBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(values, (value, i) => {
    const word = words[i];
    // Rounding could carry a NaN's payload into the sign.
    if (Number.isNaN(value)) return (word >>> 16) | 0x40;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  });
}
