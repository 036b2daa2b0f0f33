import type { CheckpointSource } from "../checkpoint/source.ts";
import { env } from "./env.ts";
import { isRepositoryName } from "./location.ts";

/**
 * Returns the revision that opens the same version of a model again.
 *
 * @param checkpoint Name of the checkpoint, as it was given.
 * @param source Its files, of which one was read.
 * @returns The commit; the branch if the server sends no commits; undefined for folders and URLs, which
 * have no revisions.
 */
export function revisionOf(checkpoint: string, source: CheckpointSource): string | undefined {
  const hasRevisions = isRepositoryName(checkpoint) &&
    env.remotePathTemplate.includes("{revision}");
  return hasRevisions ? source.version : undefined;
}
