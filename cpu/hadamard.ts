/**
 * The rotation of a block before it is rounded to 8 bits.
 *
 * @module
 */

/** Values of a vector: a rotation mixes vectors, never the values of one. */
const WIDTH = 4;

/** Most vectors that are mixed with each other. */
const MOST_VECTORS = 64;

const { fround } = Math;

/**
 * Number of vectors that are mixed with each other in a block: its factor, as {@linkcode hadamard}
 * makes vectors √group times as long.
 *
 * @param length Values of the block, a multiple of 64.
 * @returns The largest power of two up to 64 that divides the block's vectors: 16, 32 or 64.
 *
 * @example
 * ```ts
 * import { groupOf } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([64, 128, 192, 768].map(groupOf), [16, 32, 16, 64]); // of 16, 32, 48, 192 vectors
 * ```
 */
export function groupOf(length: number): number {
  const vectors = length / WIDTH;
  return Math.min(MOST_VECTORS, vectors & -vectors);
}

/**
 * Rotates a block in place, so that a few large values are spread over all: `H·D·x` for each group
 * of vectors of 4 values.
 *
 * `D` flips the sign of some vectors (see {@linkcode isFlipped}); `H` is a Hadamard matrix, applied
 * as butterflies: vectors whose numbers differ in one bit become their sum and their difference,
 * bit by bit from the lowest on. Each sum is rounded to float32, so that all backends get the same
 * bits.
 *
 * As `H·H` is the group's size times the identity, `(H·D·x)·(H·D·w) = group · x·w`. Rotations of
 * this kind before rounding are from QuaRot (Ashkboos et al. 2024, section 4).
 *
 * @param block `[count]`: the values; their number is a multiple of 64.
 *
 * @example A large value is spread, and products stay
 * ```ts
 * import { groupOf, hadamard } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array(64).fill(1);
 * x[9] = 1000;
 * const w = Float32Array.from(x, (_, i) => i % 5);
 * const product = () => x.reduce((sum, value, i) => sum + value * w[i], 0);
 * const before = product();
 * hadamard(x);
 * hadamard(w);
 * assertEquals(x.filter((value) => Math.abs(value) > 900).length, 16); // one in each vector
 * assertEquals(product(), groupOf(64) * before);
 * ```
 */
export function hadamard(block: Float32Array): void {
  flipSigns(block);
  butterflies(block);
}

/**
 * Undoes {@linkcode hadamard}, but for a factor: `D·H·x`, `group` times what was rotated.
 *
 * @param block `[count]`: the values; their number is a multiple of 64.
 *
 * @example
 * ```ts
 * import { groupOf, hadamard, inverseHadamard } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const block = Float32Array.from({ length: 64 }, (_, i) => i);
 * hadamard(block);
 * inverseHadamard(block);
 * assertEquals([...block], Array.from({ length: 64 }, (_, i) => groupOf(64) * i));
 * ```
 */
export function inverseHadamard(block: Float32Array): void {
  butterflies(block);
  flipSigns(block);
}

/**
 * Whether the sign of a vector is flipped: the bent function v₀v₁ ⊕ v₂v₃ ⊕ v₄v₅ of the bits of its
 * number. Of all functions those are the farthest from a row of `H`: without them a constant, as
 * many rows nearly are, would become one large vector.
 */
function isFlipped(vector: number): boolean {
  const pairs = vector & vector >> 1; // bits 0, 2 and 4 are the products
  return ((pairs ^ pairs >> 2 ^ pairs >> 4) & 1) === 1;
}

function flipSigns(block: Float32Array): void {
  const group = groupOf(block.length);
  for (let i = 0; i < block.length; i++) {
    if (isFlipped(Math.floor(i / WIDTH) % group)) block[i] = -block[i];
  }
}

function butterflies(block: Float32Array): void {
  const group = groupOf(block.length);
  for (let distance = WIDTH; distance < WIDTH * group; distance *= 2) {
    for (let i = 0; i < block.length; i++) {
      if (i & distance) continue; // the second of a pair
      const [a, b] = [block[i], block[i + distance]];
      block[i] = fround(a + b);
      block[i + distance] = fround(a - b);
    }
  }
}
