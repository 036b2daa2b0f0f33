/**
 * The nearest of many vectors.
 *
 * @module
 */

/** A value and its score. */
export interface Scored<Value> {
  /** Cosine of the angle to the query, from −1 to 1; 0 for a vector of zeros. */
  readonly score: number;
  /** The value. */
  readonly value: Value;
}

/**
 * Returns the cosine of the angle between two vectors.
 *
 * @param a A vector of finite values.
 * @param b One of the same length.
 * @returns The cosine, summed in 64 bits; 0 if one of them is zero.
 */
export function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, squaresOfA, squaresOfB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    squaresOfA += a[i] * a[i];
    squaresOfB += b[i] * b[i];
  }
  return dot === 0 ? 0 : dot / (Math.sqrt(squaresOfA) * Math.sqrt(squaresOfB));
}

/** Keeps the values with the highest scores; of equal ones the first. */
export class Best<Value> {
  readonly #most: number;
  readonly #kept: Scored<Value>[] = [];

  /**
   * Starts with none.
   *
   * @param most How many are kept.
   */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Adds a value.
   *
   * @param score Its score.
   * @param value The value.
   */
  add(score: number, value: Value): void {
    const kept = this.#kept;
    if (kept.length === this.#most && score <= kept[kept.length - 1].score) return;
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (kept[middle].score >= score) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, { score, value });
    if (kept.length > this.#most) kept.pop();
  }

  /** The values, best first. */
  get values(): readonly Scored<Value>[] {
    return this.#kept;
  }
}
