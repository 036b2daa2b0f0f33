/**
 * Processor time of this process's threads.
 *
 * @module
 */

/** Nanoseconds that each thread has run, by its number; empty where Linux does not tell. */
function readThreads(): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const name of listThreads()) {
    const time = readTime(name);
    if (time !== undefined) times.set(name, time);
  }
  return times;
}

function listThreads(): string[] {
  try {
    return [...Deno.readDirSync("/proc/self/task")].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Reads a thread's time; undefined if it has ended meanwhile, so it is none that worked. */
function readTime(name: string): number | undefined {
  try {
    const text = Deno.readTextFileSync(`/proc/self/task/${name}/schedstat`);
    return Number(text.split(" ")[0]);
  } catch (error) {
    // "No such process", if it ended between opening the file and reading it.
    if (error instanceof Deno.errors.NotFound || /os error 3\)/.test(String(error))) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Sleeps for a moment: Linux adds to a thread's time when the thread sleeps, otherwise only every few
 * milliseconds.
 */
const settle = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Times of a run, in seconds. */
export interface ThreadTimes {
  /** Time that passed, without what measuring takes. */
  readonly passed: number;
  /** Time that each thread ran. */
  readonly threads: readonly number[];
}

/**
 * Measures how long each thread ran: on a machine that others use too, what the time would be without
 * them. Where Linux does not tell, it is the time that passed, of one thread.
 *
 * @param run The function.
 * @returns The times.
 */
export async function measureThreads(run: () => Promise<unknown>): Promise<ThreadTimes> {
  await settle();
  const [before, start] = [readThreads(), performance.now()];
  await run();
  const passed = (performance.now() - start) / 1000;
  await settle();
  const threads = [...readThreads()].map(([thread, time]) =>
    (time - (before.get(thread) ?? 0)) / 1e9
  );
  return { passed, threads: threads.length > 0 ? threads : [passed] };
}

/**
 * Measures how long the thread ran that ran longest.
 *
 * @param run The function.
 * @returns Seconds.
 */
export async function measureBusiest(run: () => Promise<unknown>): Promise<number> {
  return Math.max(...(await measureThreads(run)).threads);
}
