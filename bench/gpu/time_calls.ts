/**
 * Times of calls that are shorter than a reading.
 *
 * @module
 */
import { median } from "../measure.ts";

/** How long to measure. */
export interface TimeOptions {
  /** Seconds that the calls of one reading take at least, unless there are very many. */
  readonly seconds: number;
  /** Measured readings; at least 1. */
  readonly repeats: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/** Most calls of a reading. */
const MOST_CALLS = 4096;

/**
 * Measures the median time of a call, by as many calls in one reading as take long enough, less the
 * time of a reading of one call.
 *
 * @param run Runs so many calls and reads a result.
 * @param options How long to measure.
 * @returns Seconds per call.
 */
export async function timeCalls(
  run: (count: number) => Promise<unknown>,
  { seconds, repeats, now = () => performance.now() }: TimeOptions,
): Promise<number> {
  const time = async (count: number) => {
    const start = now();
    await run(count);
    return (now() - start) / 1000;
  };
  await run(1); // compiles
  let count = 1;
  let last = await time(1);
  while (last < seconds && count < MOST_CALLS) {
    // Four times as many at most: the first ones may run before the card's clock has risen.
    const wanted = Math.ceil(1.2 * count * seconds / Math.max(last, 1e-6));
    count = Math.min(MOST_CALLS, 4 * count, Math.max(count + 1, wanted));
    last = await time(count);
  }
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const [many, one] = [await time(count), count === 1 ? 0 : await time(1)];
    // Where one reading took longer than many calls, those at most.
    times.push(many > one && count > 1 ? (many - one) / (count - 1) : many / count);
  }
  return median(times);
}
