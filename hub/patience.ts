/**
 * How long to wait for a server, and how often to ask again.
 *
 * @module
 */

/** Times in milliseconds. */
export interface Patience {
  /** How often something is tried before giving up. */
  readonly tries: number;
  /** Pause before the second try; doubled before each further one. */
  readonly pause: number;
  /** How long a server may be silent. */
  readonly stall: number;
}

/** Five tries over 7.5 seconds; half a minute of silence. */
export const PATIENCE: Patience = { tries: 5, pause: 500, stall: 30_000 };

/** A connection that failed in a way that may pass. */
export class ConnectionError extends Error {
  /** As in messages. */
  override readonly name = "ConnectionError";
}

/**
 * Waits for a server.
 *
 * @param stall How long, in milliseconds.
 * @param answer What is waited for.
 * @param name The file, for the message.
 * @param connection Aborted if it takes longer.
 * @returns What was waited for.
 * @throws {ConnectionError} If it takes longer.
 */
export async function stalledAfter<Result>(
  stall: number,
  answer: Promise<Result>,
  name: string,
  connection: AbortController,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ConnectionError(`Cannot fetch ${name}: nothing came for ${stall / 1000} s`));
      connection.abort();
    }, stall);
  });
  try {
    return await Promise.race([answer, stalled]);
  } finally {
    clearTimeout(timer);
    // Aborted, it rejects too, and nobody looks any more.
    answer.catch(() => {});
  }
}

/**
 * Waits before another try.
 *
 * @param patience How long.
 * @param failures How many tries have failed.
 */
export async function pause({ pause }: Patience, failures: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, pause * 2 ** (failures - 1)));
}

/**
 * Tries until it works.
 *
 * @param patience How often, and the pauses between.
 * @param attempt What is tried.
 * @returns Its result.
 * @throws The last {@linkcode ConnectionError}; any other error at once.
 */
export async function retrying<Result>(
  patience: Patience,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 1;; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConnectionError) || failures >= patience.tries) throw error;
      await pause(patience, failures);
    }
  }
}
