/**
 * Readable messages for file errors.
 *
 * @module
 */
import { findCode } from "../checkpoint/system_errors.ts";
import { namePermission } from "../hub/permissions.ts";

/** Descriptions of the system's error codes. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "it is in use",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it exists already",
  EFBIG: "the disk does not hold files of this size",
  EIO: "the device reports an error",
  EISDIR: "it is a folder",
  ELOOP: "it is a link that leads back to itself, or through too many links",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ENFILE: "too many files are open",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "it or its parent is not a folder",
  ENOTEMPTY: "it is not empty",
  ENXIO: "nothing is at the other end",
  EPERM: "operation not permitted",
  EPIPE: "the reader closed it",
  EROFS: "the disk is read-only",
  ETXTBSY: "it is a program that runs",
};

/** The operation, which is also the name of the Deno permission that it needs. */
export type FileVerb = "read" | "write";

/**
 * Awaits a file operation and explains its errors.
 *
 * @param verb The operation.
 * @param path The file.
 * @param operation Promise of the operation.
 * @returns The result of the operation.
 * @throws {Error} If the operation fails; the message names the file and the reason.
 */
export async function withReason<Result>(
  verb: FileVerb,
  path: string,
  operation: Promise<Result>,
): Promise<Result> {
  try {
    return await operation;
  } catch (error) {
    throw explainFileError(verb, path, error);
  }
}

/**
 * Explains the error of a file operation.
 *
 * @param verb The operation.
 * @param path The file.
 * @param error The error.
 * @returns An error whose message names the file and the reason, with the system's code; the same
 * error if it is not the system's.
 */
export function explainFileError(verb: FileVerb, path: string, error: unknown): Error {
  const attempt = `${verb} ${shortenPath(path)}`;
  const named = namePermission(error, attempt, `--allow-${verb}=${path}`) as Error;
  const code = findCode(error);
  if (named !== error || code === undefined) return named;
  const reason = REASONS[code] ?? named.message;
  return Object.assign(new Error(`Cannot ${attempt}: ${reason}`, { cause: error }), { code });
}

/**
 * Explains an error of the system that no command expected.
 *
 * @param error The error.
 * @returns Its message; for an error of a file operation, one that names the file and the reason.
 */
export function explainAnyError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { syscall, path, code } = error as { syscall?: string; path?: string; code?: string };
  if (!syscall || !path || !code) return error.message;
  const reads = ["open", "stat", "lstat", "read", "readlink", "realpath", "scandir"];
  return explainFileError(reads.includes(syscall) ? "read" : "write", path, error).message;
}

/**
 * Turns the error of a missing file or folder into undefined, and no other: a name that is too long
 * or a link to itself is none that could be written.
 *
 * @param operation A file operation.
 * @returns Its result; undefined if the file or folder does not exist.
 */
export async function ifExists<Result>(operation: Promise<Result>): Promise<Result | undefined> {
  try {
    return await operation;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Shortens a path in the middle, so that a message still ends with its reason. */
function shortenPath(path: string): string {
  return path.length <= 160 ? path : `${path.slice(0, 100)}…${path.slice(-40)}`;
}
