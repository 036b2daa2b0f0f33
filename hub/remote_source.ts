import type { ProgressInfo } from "../checkpoint/progress_source.ts";
import { tellReads } from "../checkpoint/progress_source.ts";
import {
  assertPlainPath,
  type CheckpointFile,
  type CheckpointSource,
} from "../checkpoint/source.ts";
import { openDirectly } from "./direct_file.ts";
import type { Download } from "./download.ts";
import type { HubOptions } from "./options.ts";
import { ConnectionError, PATIENCE, type Patience, retrying } from "./patience.ts";
import type { RemotePlace } from "./place.ts";
import { fileFacts } from "./remote_file.ts";
import { type Answer, request } from "./request.ts";
import type { CachedFile, Store } from "./store.ts";

/** How a {@linkcode RemoteSource} fetches and keeps files. */
export interface RemoteOptions
  extends Pick<HubOptions, "local_files_only" | "token" | "progress_callback"> {
  /** Where files are kept; nowhere if absent. */
  readonly store?: Store;
  /** How long to wait for the server. */
  readonly patience?: Patience;
  /** Added to errors while it is not known whether there is such a checkpoint. */
  readonly hint?: string;
}

/**
 * A checkpoint on a server.
 *
 * Where the server tells the commit that a revision is, as the hub does with the first file, all
 * further files are those of that commit, and what the cache has of it is not asked for again.
 * Elsewhere each file is asked for, and not read if the cache has it as it is now.
 */
export class RemoteSource implements CheckpointSource {
  /** The repository's name, or the URL. */
  readonly name: string;
  readonly #place: RemotePlace;
  readonly #options: RemoteOptions;
  readonly #patience: Patience;
  readonly #files = new Map<string, Promise<CheckpointFile | undefined>>();
  #commit: string | undefined;
  #hasAnswered = false;

  /**
   * Names the place; nothing is asked for yet.
   *
   * @param place Where the files are.
   * @param options How they are fetched and kept.
   */
  constructor(place: RemotePlace, options: RemoteOptions = {}) {
    this.name = place.name;
    this.#place = place;
    this.#options = options;
    this.#patience = options.patience ?? PATIENCE;
    if (/^[0-9a-f]{40}$/.test(place.revision)) this.#commit = place.revision;
  }

  /**
   * Opens a file: from the cache, else from the server.
   *
   * @param fileName A plain file name.
   * @returns The file, or undefined if there is none of that name.
   * @throws {RangeError} If the server refuses, what it sends is not what it should be, or
   * `local_files_only` is set and the cache does not know the file.
   * @throws {SyntaxError} If it sends a web page in place of the file.
   * @throws {Error} If it cannot be reached.
   */
  open(fileName: string): Promise<CheckpointFile | undefined> {
    let file = this.#files.get(fileName);
    if (file === undefined) {
      file = this.#open(fileName);
      this.#files.set(fileName, file);
      // What failed may work another time.
      file.catch(() => this.#files.delete(fileName));
    }
    return file;
  }

  async #open(fileName: string): Promise<CheckpointFile | undefined> {
    assertPlainPath(fileName);
    this.#tell({ status: "initiate", name: this.name, file: fileName });
    try {
      if (this.#options.local_files_only) {
        return this.#tellCached(fileName, await this.#inCache(fileName));
      }
      const { store } = this.#options;
      const known = this.#commit && await store?.find(this.#commit, fileName);
      if (known) return this.#tellCached(fileName, known);
      // Where the cache can stand in, nobody waits. Versions are never mixed.
      const spare = this.#hasAnswered ? undefined : await this.#spare(fileName);
      const patience = { ...this.#patience, ...(spare && { tries: 1 }) };
      return await retrying(patience, () => this.#fetch(fileName)).catch((error) => {
        if (!spare || !(error instanceof ConnectionError)) throw error;
        console.warn(`${error.message}: ${fileName} is read from the cache as it was last`);
        this.#commit = spare.commit;
        return this.#tellCached(fileName, spare.cached);
      });
    } catch (error) {
      const { hint } = this.#options;
      if (hint && !this.#hasAnswered && error instanceof Error) error.message += hint;
      throw error;
    }
  }

  async #fetch(fileName: string): Promise<CheckpointFile | undefined> {
    const { token, store } = this.#options;
    const url = this.#place.url(fileName, this.#version);
    const name = `${this.name}/${fileName}`;
    const answer = await request(url, name, { token, patience: this.#patience });
    this.#hasAnswered = true;
    if (answer === undefined) {
      await store?.markMissing(this.#version, fileName);
      return undefined;
    }
    try {
      return await this.#receive(fileName, { name, url, token }, answer);
    } finally {
      answer.connection.abort();
    }
  }

  async #receive(
    fileName: string,
    file: Pick<Download, "name" | "url" | "token">,
    answer: Answer,
  ): Promise<CheckpointFile | undefined> {
    const { store, progress_callback } = this.#options;
    const facts = fileFacts(answer, file.name);
    if (answer.commit && this.#commit === undefined) {
      const { revision } = this.#place;
      // So that a cache that is up to date need not be written.
      const isNoted = await store?.readCommit(revision) === answer.commit;
      if (!isNoted) await store?.writeCommit(revision, answer.commit);
      this.#commit = answer.commit;
    }
    const cached = await store?.find(this.#version, fileName);
    const isSame = cached?.missing === false && facts.validator !== undefined &&
      cached.validator === facts.validator;
    if (isSame) return this.#tellCached(fileName, cached);

    const about = { name: this.name, file: fileName };
    const progress = (loaded: number, total = loaded) =>
      this.#tell({ status: "progress", ...about, loaded, total, progress: percent(loaded, total) });
    const download = { ...file, answer, facts, patience: this.#patience };
    if (store === undefined) {
      const direct = await openDirectly({ ...download, progress: () => {} });
      return progress_callback ? tellReads(direct, about, progress_callback) : direct;
    }
    this.#tell({ status: "download", ...about });
    const kept = await store.save(this.#version, fileName, { ...download, progress });
    this.#tell({ status: "done", ...about });
    return { ...kept, name: file.name };
  }

  /** Commit where it is known, else the revision. */
  get #version(): string {
    return this.#commit ?? this.#place.revision;
  }

  /** What the cache knows of a file, whatever the server may have by now. */
  async #spare(
    fileName: string,
  ): Promise<{ cached: CachedFile; commit: string | undefined } | undefined> {
    const { store } = this.#options;
    const { revision } = this.#place;
    const commit = this.#commit ?? await store?.readCommit(revision);
    // What was asked for before the commit was known is under the revision.
    const cached = (commit && await store?.find(commit, fileName)) ||
      await store?.find(revision, fileName);
    return cached && { cached, commit };
  }

  async #inCache(fileName: string): Promise<CachedFile> {
    const spare = await this.#spare(fileName);
    if (spare) return spare.cached;
    throw new RangeError(
      `Cannot load ${fileName} of ${this.name} (${this.#version}): the cache does not have it, ` +
        `and local_files_only or env.allowRemoteModels forbid to fetch it`,
    );
  }

  #tellCached(fileName: string, cached: CachedFile): CheckpointFile | undefined {
    if (cached.missing) return undefined;
    const about = { name: this.name, file: fileName };
    const { size } = cached.file;
    this.#tell({ status: "download", ...about });
    this.#tell({ status: "progress", ...about, loaded: size, total: size, progress: 100 });
    this.#tell({ status: "done", ...about });
    return { ...cached.file, name: `${this.name}/${fileName}` };
  }

  #tell(info: ProgressInfo): void {
    this.#options.progress_callback?.(info);
  }
}

function percent(loaded: number, total: number): number {
  return total === 0 ? 100 : 100 * loaded / total;
}
