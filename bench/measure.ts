/**
 * Time measurements.
 *
 * @module
 */

/** Numbers of runs. */
export interface MeasureOptions {
  /** Warm-up runs for compilers and caches. */
  readonly warmups: number;
  /** Measured runs; at least 1. */
  readonly repeats: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/**
 * Measures the median times of functions to compare.
 *
 * Runs are interleaved, so that changes of the machine's load affect all functions alike.
 *
 * @param runs The functions.
 * @param options Numbers of runs.
 * @returns Seconds per run of each function.
 */
export async function measure(
  runs: readonly (() => Promise<unknown>)[],
  { warmups, repeats, now = () => performance.now() }: MeasureOptions,
): Promise<number[]> {
  const times: number[][] = runs.map(() => []);
  for (let i = -warmups; i < repeats; i++) {
    for (const [which, run] of runs.entries()) {
      const start = now();
      await run();
      if (i >= 0) times[which].push((now() - start) / 1000);
    }
  }
  return times.map(median);
}

/**
 * Returns the middle value, or the mean of the two middle values.
 *
 * @param values At least one number.
 * @returns The median.
 * @throws {RangeError} If there are no values.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Cannot take the median of no values");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Returns the value that a share of all values is below.
 *
 * @param values Any numbers.
 * @param share The share, 0 to 1.
 * @returns The value, one of them; NaN if there are none.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
