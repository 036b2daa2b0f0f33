/**
 * Seeded random numbers for everything that is drawn: hash projections, random global tokens, new
 * heads. The algorithms are published, so other programs can draw the same numbers.
 *
 * @module
 */

/** Multiplies two 32-bit words, keeping the low 32 bits. */
const { imul } = Math;

/** Largest accepted seed. */
const MAX_SEED = 0xffff_ffff;

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** splitmix32: expands one seed to the words of the generator's state. */
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
 * Seeded stream of random numbers: xoshiro128** initialized by splitmix32, with normally
 * distributed numbers by the Box–Muller method.
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
  /** Second number of a Box–Muller pair, if only the first was used. */
  #spareNormal: number | undefined;

  /**
   * Creates a stream.
   *
   * @param seed An unsigned 32-bit integer.
   * @throws {RangeError} If the seed is not one.
   */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > MAX_SEED) {
      throw new RangeError(`seed must be an integer from 0 to ${MAX_SEED}, got ${seed}`);
    }
    const words = splitmix32(seed);
    this.#state = Int32Array.from({ length: 4 }, () => words.next().value);
  }

  /**
   * Draws a 32-bit word.
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
   * Draws a number that is uniformly distributed between 0 and 1, both excluded.
   *
   * @returns A multiple of 2⁻²⁵.
   */
  uniform(): number {
    return ((this.nextUint32() >>> 8) + 0.5) * 2 ** -24;
  }

  /**
   * Draws from the standard normal distribution. Numbers come in pairs; after an odd count the next
   * call starts with the second half of the last pair, so the stream does not depend on how it is
   * split into calls.
   *
   * @param count Number of values.
   * @returns Values, `[count]`, computed in float64 and rounded to float32.
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
