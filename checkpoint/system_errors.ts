/**
 * Errors of the system.
 *
 * @module
 */

/** Codes of errors that Deno only numbers, with Linux's numbers. */
const NUMBERED: Readonly<Record<string, string>> = { 5: "EIO", 28: "ENOSPC", 32: "EPIPE" };

/**
 * Returns whether an operation failed because a disk takes no more; such an error names no file.
 *
 * @param error The error.
 * @returns False for any other error.
 */
export function isFullDisk(error: unknown): boolean {
  return ["EDQUOT", "EFBIG", "ENOSPC"].includes(findCode(error) ?? "");
}

/**
 * Finds the system's code of an error.
 *
 * @param error The error.
 * @returns The code, such as `ENOSPC`; undefined if it is not the system's.
 */
export function findCode(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return code ?? NUMBERED[message?.match(/\(os error (\d+)\)$/)?.[1] ?? ""];
}
