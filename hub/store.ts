import type { CheckpointFile } from "../checkpoint/source.ts";
import type { Download } from "./download.ts";

/** Cache entry of a file: the server has none, or the content when it was fetched. */
export type CachedFile = { readonly missing: true } | {
  readonly missing: false;
  /** As in {@linkcode FileMetadata}. */
  readonly validator: string | undefined;
  /** The content. */
  readonly file: CheckpointFile;
};

/** A cache that cannot be used: files are read without it. */
export class CacheError extends Error {
  /** The class name, for messages. */
  override readonly name = "CacheError";
}

/**
 * A cache of one location: files by version, and the last known commits of revisions. Methods
 * reject with a {@linkcode CacheError} if the cache itself fails, as on a full disk.
 */
export interface Store {
  /**
   * Reads the commit of a revision, as of the last request.
   *
   * @param revision Branch, tag or commit.
   * @returns The commit; undefined if none is cached.
   */
  readCommit(revision: string): Promise<string | undefined>;
  /**
   * Stores the commit of a revision.
   *
   * @param revision Branch, tag or commit.
   * @param commit The commit.
   */
  writeCommit(revision: string, commit: string): Promise<void>;
  /**
   * Looks a file up.
   *
   * @param version Commit, or revision if the server sends no commits.
   * @param fileName Its plain name.
   * @returns The entry; undefined if there is none.
   */
  find(version: string, fileName: string): Promise<CachedFile | undefined>;
  /**
   * Records that the server has no such file.
   *
   * @param version As above.
   * @param fileName Its plain name.
   */
  markMissing(version: string, fileName: string): Promise<void>;
  /**
   * Downloads a file into the cache.
   *
   * @param version As above.
   * @param fileName Its plain name.
   * @param download The file.
   * @returns The cached file.
   */
  save(version: string, fileName: string, download: Download): Promise<CheckpointFile>;
}
