/**
 * How long things take.
 *
 * @module
 */

/** How often something is run. */
export interface MeasureOptions {
  /** Runs before the first that counts: compilers and caches settle. */
  readonly warmups: number;
  /** Runs that count; at least 1. */
  readonly repeats: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/**
 * The median time of each of some things that are to be compared.
 *
 * They run in turn, so that a swing of the machine meets all of them; a median, because a busy
 * machine only ever adds time.
 *
 * @param runs What is measured.
 * @param options How often each is run.
 * @returns Seconds for each.
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
 * The middle value, or the mean of the two in the middle.
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
