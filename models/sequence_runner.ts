/**
 * What generation asks of a model: rows of ids that grow, and a score for each next id.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";

/** A row of the next step. */
export interface NextRow {
  /** The row of the previous call that it continues; several rows may continue the same one. */
  readonly parent: number;
  /** Ids that are added to it. None: the row is kept as it is, nothing runs, it has no logits. */
  readonly ids: readonly number[];
}

/**
 * Runs a decoder on rows of ids and keeps their keys and values.
 *
 * A call's rows are numbered from 0; the next call names them as parents. Rows that it does not name
 * are dropped, their memory with them. Rows of one parent share its keys and values, and all rows
 * that descend from one prompt share its encoder's memory: nothing is copied. Rows may differ in
 * length; there is no padding. A step that fails leaves the rows of the call before it, unless it ran in
 * chunks: then it can only be disposed.
 */
export interface SequenceRunner {
  /** Backend of the logits. */
  readonly backend: Backend;
  /** Number of ids, V. */
  readonly vocabulary: number;
  /** Most ids that a row may have: the length of the decoder's position table. */
  readonly limit: number;

  /**
   * Runs the first ids of each sequence, in chunks if they are many. Called once.
   *
   * @param prompts At least one id a sequence; sequence b is that of the encoder's row b.
   * @param signal Ends the call between chunks.
   * @returns Logits `[prompts, V]` of each prompt's last id; the caller disposes of them.
   * @throws `signal.reason` If the signal aborts.
   */
  start(prompts: readonly (readonly number[])[], signal?: AbortSignal): Promise<Floats>;

  /**
   * Adds ids to rows.
   *
   * @param rows The rows of this call; see {@linkcode NextRow}.
   * @param signal Ends the call between chunks, if the ids are many.
   * @returns Logits `[rows that have ids, V]` after each row's last id, in the order of the rows;
   * the caller disposes of them. `[0, V]` if all rows are only kept.
   * @throws `signal.reason` If the signal aborts.
   */
  step(rows: readonly NextRow[], signal?: AbortSignal): Promise<Floats>;

  /** Releases all memory. A second call does nothing. */
  dispose(): void;
}
