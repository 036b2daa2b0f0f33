/**
 * The generator for everything that is drawn at random: hash projections, random global
 * tokens, new heads. Any program that follows the same recipe draws the same numbers.
 *
 * @module
 */

/** Multiplies two 32-bit words, keeping the low 32 bits. */
const { imul } = Math;

/** Largest seed that is accepted. */
const MAX_SEED = 0xffff_ffff;

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** splitmix32: spreads one seed over as many words as the generator has state. */
function* splitmix32(seed: number): Generator<number, never> {
  let state = seed;
  while (true) {
    state = (state + 0x9e3779b9) | 0;
    let word = state;
    word = imul(word ^ (word >>> 16), 0x85ebca6b);
    word = imul(word ^ (word >>> 13), 0xc2b2ae35);
    yield word ^ (word >>> 16);
  }
}

/**
 * A seeded stream of random numbers: xoshiro128** started by splitmix32, with normal numbers
 * by the Box–Muller method.
 *
 * @example
 * ```ts
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * const random = new Random(7);
 * const again = new Random(7);
 * assertEquals(random.normals(4), again.normals(4));
 * ```
 */
export class Random {
  #state: Int32Array;
  /** The second number of a Box–Muller pair of which only the first was asked for. */
  #spareNormal: number | undefined;

  /**
   * Starts the stream.
   *
   * @param seed An unsigned 32-bit integer.
   * @throws {RangeError} If the seed is anything else.
   */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > MAX_SEED) {
      throw new RangeError(`seed must be an integer from 0 to ${MAX_SEED}, got ${seed}`);
    }
    const words = splitmix32(seed);
    this.#state = Int32Array.from({ length: 4 }, () => words.next().value);
  }

  /**
   * Draws the next word.
   *
   * @returns An integer from 0 to 2³² − 1.
   */
  nextUint32(): number {
    const s = this.#state;
    const result = imul(rotateLeft(imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /**
   * Draws a number that is evenly distributed between 0 and 1, both excluded.
   *
   * @returns A multiple of 2⁻²⁵.
   */
  uniform(): number {
    return ((this.nextUint32() >>> 8) + 0.5) * 2 ** -24;
  }

  /**
   * Draws from the standard normal distribution. Numbers come in pairs; after an odd count the
   * other half of the last pair opens the next call, so that the split into calls is without
   * effect.
   *
   * @param count How many numbers.
   * @returns `[count]`, computed in float64 and rounded to float32.
   */
  normals(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.#normal());
  }

  #normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
