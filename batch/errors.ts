/**
 * Errors that fail a shard, or a whole run.
 *
 * @module
 */
import { showName } from "../base/show_value.ts";
import { isFullDisk } from "../checkpoint/system_errors.ts";

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

/**
 * Explains the error of a full disk.
 *
 * @param error An error of writing.
 * @param path What was written.
 * @returns An error that says so; any other error as it is.
 */
export function explainFullDisk(error: unknown, path: string): unknown {
  if (!isFullDisk(error)) return error;
  return new DiskFullError(`Cannot write ${showName(path)}: the disk is full`, { cause: error });
}

/** The parameters of a batch do not fit its model: no document can be done. */
export class ParametersError extends Error {
  /** Name of the class. */
  override readonly name = "ParametersError";
}
