/**
 * Timeouts of a connection, and retries with backoff.
 *
 * @module
 */

/** How often a request is attempted and how long to wait; times in milliseconds. */
export interface RetryPolicy {
  /** Attempts before giving up. */
  readonly attempts: number;
  /** Delay before the second attempt; doubled before each further one. */
  readonly delay: number;
  /** Longest time without any data from the server. */
  readonly timeout: number;
  /**
   * Fewest bytes a second that a server may send, over each span of `timeout`; absent: 4,096.
   * Attempts that receive fewer than those of one span count as failures in a row.
   */
  readonly slowest?: number;
}

/** Five attempts over 7.5 seconds; a timeout of half a minute. */
export const RETRY_POLICY: RetryPolicy = { attempts: 5, delay: 500, timeout: 30_000 };

/**
 * Returns the fewest bytes that a server must send in the time of a timeout.
 *
 * @param policy The policy.
 * @returns The number of bytes.
 */
export function fewestBytes({ slowest = 4096, timeout }: RetryPolicy): number {
  return slowest * timeout / 1000;
}

/** A transient failure of a connection: another attempt may succeed. */
export class ConnectionError extends Error {
  /** The class name, for messages. */
  override readonly name: string = "ConnectionError";
}

/** A host to which there is no connection: its name is unknown, or nothing listens there. */
export class UnreachableError extends ConnectionError {
  /** The class name, for messages. */
  override readonly name = "UnreachableError";
}

/**
 * Waits for a server, up to a timeout.
 *
 * @param timeout Longest wait, in milliseconds.
 * @param operation The operation to wait for.
 * @param name The file's name, for the message.
 * @param connection Aborted after the timeout.
 * @param signal Ends the wait at once, whether or not the operation listens to it.
 * @returns The operation's result.
 * @throws {ConnectionError} After the timeout.
 * @throws The signal's reason, if it is aborted.
 */
export async function withTimeout<Result>(
  timeout: number,
  operation: Promise<Result>,
  name: string,
  connection: AbortController,
  signal?: AbortSignal,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop!: () => void;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new ConnectionError(`Cannot fetch ${name}: no data received for ${timeout / 1000} s`),
      );
      connection.abort();
    }, timeout);
    stop = () => reject(signal!.reason);
    signal?.addEventListener("abort", stop);
  });
  try {
    signal?.throwIfAborted();
    return await Promise.race([operation, expired]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    // After the timeout the operation rejects too, with nobody awaiting it.
    operation.catch(() => {});
  }
}

/**
 * Waits before the next attempt.
 *
 * @param policy The delays.
 * @param failures Number of failed attempts.
 * @param signal Ends the wait at once.
 * @throws The signal's reason, if it is aborted.
 */
export async function waitBeforeRetry(
  { delay }: RetryPolicy,
  failures: number,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, delay * 2 ** (failures - 1));
    signal?.addEventListener("abort", end);
  });
  signal?.throwIfAborted();
}

/**
 * Retries an operation while it fails with a {@linkcode ConnectionError}.
 *
 * @param policy The number of attempts and the delays between them.
 * @param operation The operation.
 * @param signal Stops the retries.
 * @param attemptsAfter Attempts to make if this is the error; absent: those of the policy.
 * @returns The operation's result.
 * @throws The last {@linkcode ConnectionError}; any other error at once.
 */
export async function retry<Result>(
  policy: RetryPolicy,
  operation: () => Promise<Result>,
  signal?: AbortSignal,
  attemptsAfter: (error: ConnectionError) => number = () => policy.attempts,
): Promise<Result> {
  for (let failures = 1;; failures++) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof ConnectionError) || failures >= attemptsAfter(error)) throw error;
      await waitBeforeRetry(policy, failures, signal);
    }
  }
}
