/**
 * What is removed if a signal ends the process.
 *
 * @module
 */
import { rmSync } from "node:fs";
import process from "node:process";

/** Exit codes of the signals, as shells number them. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const cleanups = new Set<() => void>();

/**
 * Runs an operation that leaves unfinished files. A signal that ends the process meanwhile first
 * removes them. Otherwise signals are left to the system, which ends a process that computes at
 * once.
 *
 * @param cleanUp Removes the files, synchronously and without errors.
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

/**
 * Removes a file or folder; what cannot be removed stays, for there is another error to report.
 *
 * @param path The file or folder.
 */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // See above.
  }
}

function signals(): (keyof typeof EXIT_CODES)[] {
  return Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
}

function endProcess(signal: NodeJS.Signals): void {
  for (const cleanUp of cleanups) cleanUp();
  process.exit(EXIT_CODES[signal as keyof typeof EXIT_CODES]);
}
