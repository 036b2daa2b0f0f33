/**
 * Errors that fail a shard, or a whole run.
 *
 * @module
 */

/** An input is not what it was when the batch was planned. */
export class InputChangedError extends Error {
  /** Name of the class. */
  override readonly name = "InputChangedError";
}

/** The disk takes no more; nothing of what was being written is left under its name. */
export class DiskFullError extends Error {
  /** Name of the class. */
  override readonly name = "DiskFullError";
}

/** The parameters of a batch do not fit its model: no document can be done. */
export class ParametersError extends Error {
  /** Name of the class. */
  override readonly name = "ParametersError";
}
