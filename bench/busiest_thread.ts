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
 * Measures how long the thread ran that ran longest: on a machine that others use too, what the time
 * would be without them. Where Linux does not tell, it is the time that passed.
 *
 * @param run The function.
 * @returns Seconds.
 */
export async function measureBusiest(run: () => Promise<unknown>): Promise<number> {
  const [before, start] = [readThreads(), performance.now()];
  await run();
  const passed = (performance.now() - start) / 1000;
  const times = [...readThreads()].map(([thread, time]) => time - (before.get(thread) ?? 0));
  return times.length > 0 ? Math.max(...times) / 1e9 : passed;
}
