/**
 * What is removed if a signal ends the process.
 *
 * @module
 */
import process from "node:process";

/** Exit codes of the signals, as shells number them. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const cleanups = new Set<() => void>();

/**
 * Runs an operation that leaves unfinished files. A signal that ends the process meanwhile first
 * removes them. Otherwise signals are left to the system, which ends a process that computes at
 * once.
 *
 * @param cleanUp Removes the files, synchronously.
 * @param run The operation; it removes its files itself if it fails.
 * @returns The result of `run`.
 */
export async function withCleanup<Result>(
  cleanUp: () => void,
  run: () => Promise<Result>,
): Promise<Result> {
  if (cleanups.size === 0) signals().forEach((signal) => process.on(signal, endProcess));
  cleanups.add(cleanUp);
  try {
    return await run();
  } finally {
    cleanups.delete(cleanUp);
    if (cleanups.size === 0) signals().forEach((signal) => process.off(signal, endProcess));
  }
}

function signals(): (keyof typeof EXIT_CODES)[] {
  return Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
}

function endProcess(signal: NodeJS.Signals): void {
  for (const cleanUp of cleanups) {
    try {
      cleanUp();
    } catch {
      // The process ends anyway; the other files are still removed.
    }
  }
  process.exit(EXIT_CODES[signal as keyof typeof EXIT_CODES]);
}
