/**
 * What went wrong with a file, in words.
 *
 * @module
 */
import { namePermission } from "../hub/permissions.ts";

/** What the system's codes mean. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "the system does not allow it",
  EISDIR: "it is a folder",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "it, or what it should be in, is no folder",
  EPERM: "the system does not allow it",
  EROFS: "the disk can only be read",
};

/**
 * Waits for what is done with a file.
 *
 * @param verb What is done with it, as "read" or "write".
 * @param path The file; Deno's permission to do that has the verb's name.
 * @param operation What is waited for.
 * @returns Its result.
 * @throws {Error} If the system refuses; the message names the file and the reason.
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
