/**
 * Errors of one worker, at which its shard is not at fault.
 *
 * @module
 */
import { findCode } from "../checkpoint/system_errors.ts";
import { DiskFullError, ParametersError } from "./errors.ts";

/** What the system says where a worker, not its shard, is at fault: another one may do better. */
const OWN_CODES = ["EROFS", "EMFILE", "ENFILE", "ENOMEM"];

/** An error of this worker alone, with its cause. */
export class OwnFailure extends Error {}

/**
 * Returns whether an error, or what caused it, says that this worker cannot work.
 *
 * @param error An error of a shard.
 * @returns Whether another shard would fare no better here.
 */
export function isOwnFailure(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof OwnFailure || at instanceof DiskFullError) return true;
    // No other shard would fare better, and none is at fault.
    if (at instanceof ParametersError) return true;
    // Deno lacks a permission.
    if (at.name === "NotCapable") return true;
    if (OWN_CODES.includes(findCode(at) ?? "")) return true;
  }
  return false;
}
