/** Seeded random test cases. */
import { Random } from "../../tensor/random.ts";

/** A random generator of sizes, choices and arrays. */
export class Draw {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** Draws an integer from `least` to `most`, inclusive. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.#random.uniform() * (most - least + 1));
  }

  /** Draws an item of a list. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length - 1)];
  }

  /** Returns true with probability `1 / times`. */
  oneIn(times: number): boolean {
    return this.integer(1, times) === 1;
  }

  /** Draws standard normals. */
  normals(count: number): Float32Array {
    return this.#random.normals(count);
  }

  /** Draws a mask: absent, with holes, with sequences of various lengths, or with empty sequences. */
  mask(batch: number, tokens: number): Int32Array | undefined {
    const kind = this.pick(["none", "holes", "lengths", "empty"]);
    if (kind === "none") return undefined;
    const mask = new Int32Array(batch * tokens);
    for (let b = 0; b < batch; b++) {
      const length = kind === "lengths" ? this.integer(0, tokens) : tokens;
      const empty = kind === "empty" && this.oneIn(2);
      for (let t = 0; t < length; t++) {
        mask[b * tokens + t] = empty || (kind === "holes" && this.oneIn(3)) ? 0 : 1;
      }
    }
    return mask;
  }
}

/**
 * Checks many random cases; a failure names the case's seed and parameters.
 *
 * @param count Number of cases; case `n` has seed `n`.
 * @param draw Draws sizes and parameters, which are printed on failure.
 * @param check Draws arrays, computes and asserts.
 */
export async function checkCases<Case>(
  count: number,
  draw: (draw: Draw) => Case,
  check: (drawn: Case, draw: Draw) => Promise<void>,
): Promise<void> {
  for (let seed = 0; seed < count; seed++) {
    const stream = new Draw(seed);
    const drawn = draw(stream);
    try {
      await check(drawn, stream);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`case ${seed} ${JSON.stringify(drawn)}: ${reason}`, { cause: error });
    }
  }
}

/** Lists the divisors of an integer, ascending. */
export function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((divisor) => n % divisor === 0);
}
