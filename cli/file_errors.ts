/**
 * Readable messages for file errors.
 *
 * @module
 */
import { namePermission } from "../hub/permissions.ts";

/** Descriptions of the system's error codes. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "it or its parent is not a folder",
  EPERM: "operation not permitted",
  EROFS: "the disk is read-only",
};

/**
 * Awaits a file operation and explains its errors.
 *
 * @param verb The operation, which is also the name of the Deno permission that it needs.
 * @param path The file.
 * @param operation Promise of the operation.
 * @returns The result of the operation.
 * @throws {Error} If the operation fails; the message names the file and the reason.
 */
export async function withReason<Result>(
  verb: "read" | "write",
  path: string,
  operation: Promise<Result>,
): Promise<Result> {
  try {
    return await operation;
  } catch (error) {
    const attempt = `${verb} ${path}`;
    const named = namePermission(error, attempt, `--allow-${verb}=${path}`);
    const { code, message } = error as { code?: string; message?: string };
    if (named !== error || code === undefined) throw named;
    throw new Error(`Cannot ${attempt}: ${REASONS[code] ?? message}`, { cause: error });
  }
}
