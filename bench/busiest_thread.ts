/**
 * Processor time of this process's threads.
 *
 * @module
 */

/** Nanoseconds that each thread has run, by its number; empty where Linux does not tell. */
function readThreads(): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  try {
    for (const { name } of Deno.readDirSync("/proc/self/task")) {
      const text = Deno.readTextFileSync(`/proc/self/task/${name}/schedstat`);
      times.set(name, Number(text.split(" ")[0]));
    }
  } catch (error) {
    // A thread that ended meanwhile is none that worked.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return times;
}

/**
 * Sleeps for a moment: Linux adds to a thread's time when the thread sleeps, otherwise only every few
 * milliseconds.
 */
const settle = () => new Promise((resolve) => setTimeout(resolve, 1));

/**
 * Measures how long each thread ran: on a machine that others use too, what the time would be without
 * them. Where Linux does not tell, it is the time that passed, of one thread.
 *
 * @param run The function.
 * @returns Seconds of each thread.
 */
export async function measureThreads(run: () => Promise<unknown>): Promise<number[]> {
  await settle();
  const [before, start] = [readThreads(), performance.now()];
  await run();
  const passed = (performance.now() - start) / 1000;
  await settle();
  const times = [...readThreads()].map(([thread, time]) =>
    (time - (before.get(thread) ?? 0)) / 1e9
  );
  return times.length > 0 ? times : [passed];
}

/**
 * Measures how long the thread ran that ran longest.
 *
 * @param run The function.
 * @returns Seconds.
 */
export async function measureBusiest(run: () => Promise<unknown>): Promise<number> {
  return Math.max(...await measureThreads(run));
}
