/**
 * Signals of what reads files.
 *
 * @module
 */

/** A signal that follows another one until it is let go. */
export interface FollowedSignal {
  /** The signal; undefined if there is none to follow. */
  readonly signal: AbortSignal | undefined;
  /** Lets go: nothing aborts from then on. */
  release(): void;
}

/**
 * Follows a signal while a model is loaded: its files are read again when it is saved, which the
 * signal must not abort.
 *
 * @param given The signal; null and undefined are none.
 * @returns What follows it.
 * @throws The signal's reason, if it was aborted.
 */
export function followSignal(given: AbortSignal | null | undefined): FollowedSignal {
  if (!given) return { signal: undefined, release: () => {} };
  given.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(given.reason);
  given.addEventListener("abort", stop);
  return {
    signal: controller.signal,
    release: () => given.removeEventListener("abort", stop),
  };
}
