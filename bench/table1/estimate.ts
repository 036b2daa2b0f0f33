/**
 * Means with standard errors.
 *
 * @module
 */

/** A mean with its standard error. */
export interface Estimate {
  /** The mean. */
  readonly mean: number;
  /** Standard error; 0 for a single value. */
  readonly error: number;
}

/**
 * Estimates the mean of independent values.
 *
 * @param values At least one.
 * @returns Mean and standard error.
 * @throws {RangeError} If there are no values.
 */
export function estimate(values: readonly number[]): Estimate {
  if (values.length === 0) throw new RangeError("Cannot take the mean of no values");
  const count = values.length;
  const mean = values.reduce((a, b) => a + b) / count;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, error: count === 1 ? 0 : Math.sqrt(squares / (count - 1) / count) };
}
