/**
 * Paths in place of the names of repositories.
 *
 * @module
 */
import type { HubOptions } from "./options.ts";

/**
 * Tells whether a text is a path, and not the name of a repository.
 *
 * @param text The text.
 * @returns True if it starts with "/", "./" or "../".
 */
export function isExplicitPath(text: string): boolean {
  return /^([/\\]|[a-z]:|\.\.?([/\\]|$))/i.test(text);
}

/**
 * Asserts that no revision is requested of files that have no versions.
 *
 * @param checkpoint The path or the URL.
 * @param options The options of loading.
 * @throws {RangeError} If a revision is given.
 */
export function assertNoRevision(checkpoint: string, { revision }: HubOptions): void {
  if (revision === undefined) return;
  throw new RangeError(
    `Cannot load the revision ${JSON.stringify(revision)} of ${JSON.stringify(checkpoint)}: ` +
      "folders and URLs have no revisions, leave it out",
  );
}
