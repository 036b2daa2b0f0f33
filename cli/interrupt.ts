/**
 * Ctrl-C in commands that stop in good order.
 *
 * @module
 */
import process from "node:process";

/** Exit codes of commands that a signal has stopped, as shells number them. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Signals that ask a process to stop. */
type StopSignal = keyof typeof EXIT_CODES;

/** The last one that came. */
let stoppedBy: StopSignal = "SIGINT";

/**
 * Tells the exit code of a command that a signal has stopped.
 *
 * @returns 128 and the signal's number.
 */
export function interruptedCode(): number {
  return EXIT_CODES[stoppedBy];
}

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
  const stop = (signal: string) => {
    stoppedBy = signal as StopSignal;
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
