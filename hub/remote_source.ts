import { type ProgressInfo, reportReads } from "../checkpoint/progress_source.ts";
import {
  assertPlainPath,
  type CheckpointFile,
  type CheckpointSource,
} from "../checkpoint/source.ts";
import { openDirectly } from "./direct_file.ts";
import type { Download } from "./download.ts";
import { readFileMetadata } from "./file_metadata.ts";
import type { RemoteLocation } from "./location.ts";
import type { HubOptions } from "./options.ts";
import { type FileResponse, request } from "./request.ts";
import { ConnectionError, retry, RETRY_POLICY, type RetryPolicy } from "./retry.ts";
import type { CachedFile, Store } from "./store.ts";

/** Options of a {@linkcode RemoteSource}. */
export interface RemoteOptions
  extends Pick<HubOptions, "local_files_only" | "token" | "progress_callback" | "signal"> {
  /** The cache; absent: files are not cached. */
  readonly store?: Store;
  /** Timeout, attempts and delays. */
  readonly retryPolicy?: RetryPolicy;
  /** Added to errors until the server has responded, that is, while the checkpoint may not exist. */
  readonly hint?: string;
}

/**
 * A checkpoint on a server.
 *
 * If the server sends the commit of a revision, as the hub does with the first file, all further
 * files are read at that commit, and those already cached are not requested again. Otherwise each
 * file is requested, and its body is read only if the cached copy is out of date.
 */
export class RemoteSource implements CheckpointSource {
  /** The repository's name, or the URL. */
  readonly name: string;
  readonly #location: RemoteLocation;
  readonly #options: RemoteOptions;
  readonly #retryPolicy: RetryPolicy;
  readonly #files = new Map<string, Promise<CheckpointFile | undefined>>();
  #commit: string | undefined;
  #hasResponded = false;

  /**
   * Creates a source; nothing is requested yet.
   *
   * @param location The location of the files.
   * @param options Cache, token, retries, progress, signal.
   */
  constructor(location: RemoteLocation, options: RemoteOptions = {}) {
    this.name = location.name;
    this.#location = location;
    this.#options = options;
    this.#retryPolicy = options.retryPolicy ?? RETRY_POLICY;
    if (/^[0-9a-f]{40}$/.test(location.revision)) this.#commit = location.revision;
  }

  /**
   * Opens a file: from the cache, else from the server.
   *
   * @param fileName A plain file name.
   * @returns The file, or undefined if it does not exist.
   * @throws {RangeError} If the server refuses, the content is wrong, or `local_files_only` is set
   * and the file is not cached.
   * @throws {SyntaxError} If the server sends a web page in place of the file.
   * @throws {Error} If the server cannot be reached.
   * @throws The signal's reason, if it is aborted.
   */
  open(fileName: string): Promise<CheckpointFile | undefined> {
    let file = this.#files.get(fileName);
    if (file === undefined) {
      file = this.#open(fileName);
      this.#files.set(fileName, file);
      // After a failure the file can be opened again.
      file.catch(() => this.#files.delete(fileName));
    }
    return file;
  }

  async #open(fileName: string): Promise<CheckpointFile | undefined> {
    const { hint, local_files_only, signal, store } = this.#options;
    assertPlainPath(fileName);
    signal?.throwIfAborted();
    this.#report({ status: "initiate", name: this.name, file: fileName });
    try {
      if (local_files_only) {
        return this.#openCached(fileName, await this.#requireCached(fileName));
      }
      const known = this.#commit && await store?.find(this.#commit, fileName);
      if (known) return this.#openCached(fileName, known);
      // A file that the cache can supply is attempted once only. After the first response the cache
      // is no longer a substitute: it may hold another version.
      const fallback = this.#hasResponded ? undefined : await this.#findCached(fileName);
      const policy = { ...this.#retryPolicy, ...(fallback && { attempts: 1 }) };
      return await retry(policy, () => this.#fetch(fileName), signal).catch((error) => {
        signal?.throwIfAborted();
        if (!fallback || !(error instanceof ConnectionError)) throw error;
        console.warn(`${error.message}: reading the last cached version of ${fileName}`);
        this.#commit = fallback.commit;
        return this.#openCached(fileName, fallback.cached);
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (hint && !this.#hasResponded && error instanceof Error) error.message += hint;
      throw error;
    }
  }

  async #fetch(fileName: string): Promise<CheckpointFile | undefined> {
    const { token, signal, store } = this.#options;
    const url = this.#location.url(fileName, this.#version);
    const name = `${this.name}/${fileName}`;
    const response = await request(url, name, { token, signal, retryPolicy: this.#retryPolicy });
    this.#hasResponded = true;
    if (response === undefined) {
      await store?.markMissing(this.#version, fileName);
      return undefined;
    }
    try {
      return await this.#receive(fileName, { name, url, token }, response);
    } finally {
      response.connection.abort();
    }
  }

  async #receive(
    fileName: string,
    file: Pick<Download, "name" | "url" | "token">,
    response: FileResponse,
  ): Promise<CheckpointFile | undefined> {
    const { store, progress_callback, signal } = this.#options;
    const metadata = readFileMetadata(response, file.name);
    if (response.commit && this.#commit === undefined) {
      const { revision } = this.#location;
      // An up-to-date cache is not written, so that it may be read-only.
      const isStored = await store?.readCommit(revision) === response.commit;
      if (!isStored) await store?.writeCommit(revision, response.commit);
      this.#commit = response.commit;
    }
    const cached = await store?.find(this.#version, fileName);
    const isUnchanged = cached?.missing === false && metadata.validator !== undefined &&
      cached.validator === metadata.validator;
    if (isUnchanged) return this.#openCached(fileName, cached);

    const about = { name: this.name, file: fileName };
    const progress = (loaded: number, total = loaded) => {
      const percent = percentOf(loaded, total);
      this.#report({ status: "progress", ...about, loaded, total, progress: percent });
    };
    const download = { ...file, response, metadata, signal, retryPolicy: this.#retryPolicy };
    if (store === undefined) {
      const direct = await openDirectly({ ...download, progress: () => {} });
      return progress_callback ? reportReads(direct, about, progress_callback) : direct;
    }
    this.#report({ status: "download", ...about });
    const saved = await store.save(this.#version, fileName, { ...download, progress });
    this.#report({ status: "done", ...about });
    return { ...saved, name: file.name };
  }

  /** The commit if it is known, else the revision. */
  get #version(): string {
    return this.#commit ?? this.#location.revision;
  }

  /** Finds the last cached version of a file, which the server may have changed since. */
  async #findCached(
    fileName: string,
  ): Promise<{ cached: CachedFile; commit: string | undefined } | undefined> {
    const { store } = this.#options;
    const { revision } = this.#location;
    const commit = this.#commit ?? await store?.readCommit(revision);
    // Files requested before the commit was known are cached under the revision.
    const cached = (commit && await store?.find(commit, fileName)) ||
      await store?.find(revision, fileName);
    return cached && { cached, commit };
  }

  async #requireCached(fileName: string): Promise<CachedFile> {
    const found = await this.#findCached(fileName);
    if (found) return found.cached;
    throw new RangeError(
      `Cannot load ${fileName} of ${this.name} (${this.#version}): it is not in the cache, and ` +
        `local_files_only or env.allowRemoteModels does not allow fetching it`,
    );
  }

  #openCached(fileName: string, cached: CachedFile): CheckpointFile | undefined {
    if (cached.missing) return undefined;
    const about = { name: this.name, file: fileName };
    const { size } = cached.file;
    this.#report({ status: "download", ...about });
    this.#report({ status: "progress", ...about, loaded: size, total: size, progress: 100 });
    this.#report({ status: "done", ...about });
    return { ...cached.file, name: `${this.name}/${fileName}` };
  }

  #report(info: ProgressInfo): void {
    this.#options.progress_callback?.(info);
  }
}

function percentOf(loaded: number, total: number): number {
  return total === 0 ? 100 : 100 * loaded / total;
}
