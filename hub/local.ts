/**
 * Checkpoints that are not on the hub: folders, and files beside a page.
 *
 * @module
 */
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { HubOptions } from "./options.ts";
import type { ExpectedProgress, RemoteOptions } from "./remote_source.ts";

/** The hub's options, and where progress is added up. */
export interface FoundOptions extends HubOptions {
  /** The files that will be read, and their total. */
  readonly progress?: ExpectedProgress;
}

/** A checkpoint that is not on the hub; else what {@linkcode RemoteOptions} adds to errors. */
export interface Local extends Pick<RemoteOptions, "hint" | "preface"> {
  /** Its files. */
  readonly source?: CheckpointSource;
}
