/**
 * Ctrl-C in commands that stop in good order.
 *
 * @module
 */
import process from "node:process";

/** The exit code of a command that Ctrl-C has stopped, as shells number it. */
export const INTERRUPTED = 130;

/** Signals that ask a process to stop. */
type StopSignal = "SIGINT" | "SIGTERM";

/**
 * Runs an operation that a signal to the process asks to stop; a second one ends the process at
 * once.
 *
 * @param run Called with a signal that aborts then.
 * @param signals The signals of the system that do this; absent: Ctrl-C, and the wish to end.
 * @returns Its result.
 */
export async function withInterrupt<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
  signals: readonly StopSignal[] = ["SIGINT", "SIGTERM"],
): Promise<Result> {
  const controller = new AbortController();
  const stop = () => {
    // Without a listener the system ends the process.
    for (const name of signals) process.off(name, stop);
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  try {
    return await run(controller.signal);
  } finally {
    for (const name of signals) process.off(name, stop);
  }
}
