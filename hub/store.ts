import type { CheckpointFile } from "../checkpoint/source.ts";
import type { Download } from "./download.ts";

/** What a cache knows of a file: that there is none, or what it was when it was fetched. */
export type CachedFile = { readonly missing: true } | {
  readonly missing: false;
  /** As in {@linkcode FileFacts}. */
  readonly validator: string | undefined;
  /** The content. */
  readonly file: CheckpointFile;
};

/** A cache of one place: files by version, and the commits that revisions were. */
export interface Store {
  /**
   * The commit that a revision was when it was last asked for.
   *
   * @param revision Branch, tag or commit.
   */
  readCommit(revision: string): Promise<string | undefined>;
  /**
   * Notes the commit that a revision is.
   *
   * @param revision Branch, tag or commit.
   * @param commit The commit.
   */
  writeCommit(revision: string, commit: string): Promise<void>;
  /**
   * Looks a file up.
   *
   * @param version Commit, or revision of a server that tells no commits.
   * @param fileName Its plain name.
   * @returns Undefined if nothing is known of it.
   */
  find(version: string, fileName: string): Promise<CachedFile | undefined>;
  /**
   * Notes that there is no such file.
   *
   * @param version As above.
   * @param fileName Its plain name.
   */
  markMissing(version: string, fileName: string): Promise<void>;
  /**
   * Fetches a file and keeps it.
   *
   * @param version As above.
   * @param fileName Its plain name.
   * @param download The file.
   * @returns The file, as it is kept.
   */
  save(version: string, fileName: string, download: Download): Promise<CheckpointFile>;
}
