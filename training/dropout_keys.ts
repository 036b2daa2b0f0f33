/**
 * The keys of a training's dropouts.
 *
 * @module
 */
import { checkNames } from "../base/check_options.ts";
import { showValue } from "../base/show_value.ts";
import { subkey } from "../tensor/counter_words.ts";

/** What dropouts are drawn from. */
export interface DropoutOptions {
  /** Seed of a training, a whole number below 2³². */
  readonly seed: number;
  /** Passes that the training has gone back through before, to go on with it; 0 if absent. */
  readonly call?: number;
}

/**
 * Counts passes and the dropouts in them. A key is of the seed, the number of the pass and that of the
 * dropout in its pass, so that nothing has to be kept to draw the same again.
 */
export class DropoutKeys {
  readonly #seed: number;
  #call: number;
  /** Number of the next dropout in a pass. */
  site = 0;

  /**
   * Starts at the first dropout of a pass.
   *
   * @param options Seed and number of the pass.
   * @throws {TypeError} If an option is unknown.
   * @throws {RangeError} If one of them is not a whole number, or the seed is not below 2³².
   */
  constructor(options: DropoutOptions) {
    const { seed, call = 0 } = checkNames("Cannot drop values", { ...options }, ["seed", "call"]);
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw new RangeError(
        `Cannot drop values with seed ${showValue(seed)}: wanted a whole number below 2³²`,
      );
    }
    if (!Number.isSafeInteger(call) || call < 0) {
      throw new RangeError(
        `Cannot drop values of pass ${showValue(call)}: wanted a whole number ≥ 0`,
      );
    }
    this.#seed = seed;
    this.#call = call;
  }

  /** Number of the pass. */
  get call(): number {
    return this.#call;
  }

  /** The key of the next dropout. */
  next(): number {
    return subkey(subkey(subkey(this.#seed, 1), this.#call), this.site++);
  }

  /** Ends a pass. */
  endPass(): void {
    this.#call++;
    this.site = 0;
  }
}
