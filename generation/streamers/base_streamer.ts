/**
 * Receivers of ids while they are generated, with transformers.js's names.
 *
 * @module
 */

/** Receives ids as they are chosen. */
export abstract class BaseStreamer {
  /**
   * Called once with what the rows start with, then with one id a row after each step; a row that
   * has ended gets padding.
   *
   * @param value `[rows][ids]`.
   */
  abstract put(value: bigint[][]): void | Promise<void>;

  /** Called at the end, also of a call that fails or is aborted after the first `put`. */
  abstract end(): void | Promise<void>;
}
