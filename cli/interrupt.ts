/**
 * Ctrl-C in commands that stop in good order.
 *
 * @module
 */
import process from "node:process";

/** The exit code of a command that Ctrl-C has stopped, as shells number it. */
export const INTERRUPTED = 130;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Runs an operation that a signal to the process asks to stop; a second one ends the process at
 * once.
 *
 * @param run Called with a signal that aborts then.
 * @returns Its result.
 */
export async function withInterrupt<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const stop = () => {
    // Without a listener the system ends the process.
    for (const name of SIGNALS) process.off(name, stop);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await run(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}
