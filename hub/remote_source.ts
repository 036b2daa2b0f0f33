import type { TotalProgress } from "../checkpoint/total_progress.ts";
import {
  assertPlainPath,
  type CheckpointFile,
  type CheckpointSource,
} from "../checkpoint/source.ts";
import { readFileMetadata } from "./file_metadata.ts";
import type { RemoteLocation } from "./location.ts";
import type { HubOptions } from "./options.ts";
import { type FileResponse, request } from "./request.ts";
import type { FileRequest } from "./send.ts";
import {
  ConnectionError,
  retry,
  RETRY_POLICY,
  type RetryPolicy,
  UnreachableError,
} from "./retry.ts";
import { type CachedFile, CacheError, type Store } from "./store.ts";

/** Attempts at a host that cannot be reached and never was. */
const OFFLINE_ATTEMPTS = 2;

/** Files whose sizes are wanted before they are read. */
export interface ExpectedProgress {
  /** Where they are counted. */
  readonly total: TotalProgress;
  /** Lists of their names, of each of which the first that there is counts. */
  readonly expected: readonly (readonly string[])[];
}

/** Options of a {@linkcode RemoteSource}. */
export interface RemoteOptions
  extends Pick<HubOptions, "local_files_only" | "token" | "progress_callback" | "signal"> {
  /** The cache; absent: files are not cached. */
  readonly store?: Store;
  /** Files whose sizes are asked for with the first one that is opened. */
  readonly progress?: ExpectedProgress;
  /** Timeout, attempts and delays. */
  readonly retryPolicy?: RetryPolicy;
  /** Added to errors until the server has responded, that is, while the checkpoint may not exist. */
  readonly hint?: string;
  /** Where the checkpoint was looked for before; said first in errors until the server responds. */
  readonly preface?: string;
}

/**
 * A checkpoint on a server.
 *
 * If the server sends the commit of a revision, as the hub does with the first file, all further
 * files are read at that commit, and those already cached are not requested again. Otherwise each
 * file is requested, and its body is read only if the cached copy is out of date.
 *
 * @example
 * ```ts
 * import { readJsonObject } from "@lsg/core/checkpoint";
 * import { locateRepository, RemoteSource } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * const location = locateRepository("FacebookAI/roberta-base", "main");
 * const source = new RemoteSource(location); // without a cache
 * assertEquals((await readJsonObject(source, "config.json"))?.model_type, "roberta");
 * assertEquals(await source.open("no_such_file.json"), undefined);
 * ```
 */
export class RemoteSource implements CheckpointSource {
  /** The repository's name, or the URL. */
  readonly name: string;
  readonly #location: RemoteLocation;
  readonly #options: RemoteOptions;
  readonly #retryPolicy: RetryPolicy;
  readonly #files = new Map<string, Promise<CheckpointFile | undefined>>();
  /** The last file that was asked for before the first response. */
  #opening: Promise<unknown> = Promise.resolve();
  /** The cache, until it cannot be read. */
  #store: Store | undefined;
  /** Whether the cache has failed: it is read, but not written any more. */
  #isReadOnly = false;
  #commit: string | undefined;
  #hasResponded = false;
  /** Whether a response has told the commit, or that the server sends none. */
  #isVersionKnown = false;
  #announced: Promise<void> | undefined;
  readonly #initiated = new Set<string>();

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
    this.#store = options.store;
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
      // The first response tells the commit that the others are requested of.
      file = this.#isVersionKnown
        ? this.#open(fileName)
        : this.#opening.then(() => this.#open(fileName));
      // Without its result, which would stay in memory.
      this.#opening = file.then(() => {}, () => {});
      this.#files.set(fileName, file);
      const forget = () => this.#files.delete(fileName);
      // Weights that are not cached may be in memory: they go with their last reader.
      const isKept = this.#store || /json$/.test(fileName);
      // After a failure the file can be opened again.
      file.then(isKept ? undefined : forget, forget);
    }
    return file;
  }

  async #open(fileName: string): Promise<CheckpointFile | undefined> {
    const { hint = "", preface, local_files_only, signal } = this.#options;
    assertPlainPath(fileName);
    signal?.throwIfAborted();
    try {
      if (local_files_only) {
        return await this.#openCached(fileName, await this.#requireCached(fileName));
      }
      const known = this.#commit && await this.#find(this.#commit, fileName);
      if (known) return await this.#openCached(fileName, known);
      // A file that the cache can supply is attempted once only. After the first response the cache
      // is no longer a substitute: it may hold another version.
      const fallback = this.#hasResponded ? undefined : await this.#findCached(fileName);
      const policy = { ...this.#retryPolicy, ...(fallback && { attempts: 1 }) };
      // Without a network nothing responds: that needs no patience.
      const attemptsAfter = (error: ConnectionError) =>
        error instanceof UnreachableError && !this.#hasResponded
          ? Math.min(OFFLINE_ATTEMPTS, policy.attempts)
          : policy.attempts;
      const fetching = retry(policy, () => this.#fetch(fileName), signal, attemptsAfter);
      return await fetching.catch((error) => {
        signal?.throwIfAborted();
        if (!fallback || !(error instanceof ConnectionError)) throw error;
        console.warn(`${error.message}: reading the last cached version of ${fileName}`);
        this.#commit = fallback.commit;
        return this.#openCached(fileName, fallback.cached);
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (!this.#hasResponded && error instanceof Error) {
        const start = preface ? `Cannot load ${this.name}: ${preface}; ` : "";
        error.message = start + error.message + hint;
      }
      throw error;
    }
  }

  async #fetch(fileName: string): Promise<CheckpointFile | undefined> {
    const file = this.#fileAt(fileName);
    const response = await request(file);
    this.#hasResponded = true;
    if (response === undefined) {
      await this.#write((store) => store.markMissing(this.version, fileName));
      return undefined;
    }
    try {
      return await this.#receive(fileName, file, response);
    } finally {
      response.connection.abort();
    }
  }

  /** The file to request, at the version that is known. */
  #fileAt(fileName: string): FileRequest {
    const { token, signal } = this.#options;
    const url = this.#location.url(fileName, this.version);
    return { name: `${this.name}/${fileName}`, url, token, signal, retryPolicy: this.#retryPolicy };
  }

  async #receive(
    fileName: string,
    file: FileRequest,
    response: FileResponse,
  ): Promise<CheckpointFile | undefined> {
    const metadata = readFileMetadata(response, file.name);
    if (response.commit && this.#commit === undefined) {
      const { revision } = this.#location;
      // An up-to-date cache is not written, so that it may be read-only.
      const { commit } = response;
      const isStored = await this.#readCommit() === commit;
      if (!isStored) await this.#write((store) => store.writeCommit(revision, commit));
      this.#commit = commit;
    }
    this.#isVersionKnown = true;
    const cached = await this.#find(this.version, fileName);
    const isUnchanged = cached?.missing === false && metadata.validator !== undefined &&
      cached.validator === metadata.validator;
    if (isUnchanged) return await this.#openCached(fileName, cached);
    await this.#announce(fileName, metadata.size);

    this.#report(fileName, "initiate");
    const download = { ...file, response, metadata };
    if (this.#store === undefined || this.#isReadOnly) {
      const { openDirectly } = await import("./direct_file.ts");
      const about = { name: this.name, file: fileName };
      return await openDirectly(download, about, this.#options.progress_callback);
    }
    this.#report(fileName, "download");
    const progress = (loaded: number, total?: number) =>
      this.#reportAmount(fileName, loaded, total);
    const saved = await this.#write((store) =>
      store.save(this.version, fileName, { ...download, progress })
    );
    if (saved === undefined) return await this.#fetch(fileName);
    this.#report(fileName, "done");
    return { ...saved, name: file.name };
  }

  #find(version: string, fileName: string): Promise<CachedFile | undefined> {
    return this.#read((store) => store.find(version, fileName));
  }

  #readCommit(): Promise<string | undefined> {
    return this.#read((store) => store.readCommit(this.#location.revision));
  }

  /** Reads the cache; undefined if it cannot be read, and from then on. */
  #read<Result>(operation: (store: Store) => Promise<Result>): Promise<Result | undefined> {
    return this.#useCache(operation, () => this.#store = undefined);
  }

  /** Writes to the cache; undefined if it cannot be written, and from then on. */
  async #write<Result>(operation: (store: Store) => Promise<Result>): Promise<Result | undefined> {
    return this.#isReadOnly ? undefined : await this.#useCache(operation);
  }

  /** Uses the cache; warns once if it fails. */
  async #useCache<Result>(
    operation: (store: Store) => Promise<Result>,
    onFailure?: () => void,
  ): Promise<Result | undefined> {
    try {
      return this.#store && await operation(this.#store);
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      if (!this.#isReadOnly) console.warn(`${error.message}. Loading ${this.name} without it`);
      this.#isReadOnly = true;
      onFailure?.();
      return undefined;
    }
  }

  /** The commit, once a response has told it; until then the revision that was asked for. */
  get version(): string {
    return this.#commit ?? this.#location.revision;
  }

  /** Finds the last cached version of a file, which the server may have changed since. */
  async #findCached(
    fileName: string,
  ): Promise<{ cached: CachedFile; commit: string | undefined } | undefined> {
    const { revision } = this.#location;
    const commit = this.#commit ?? await this.#readCommit();
    // Files requested before the commit was known are cached under the revision.
    const cached = (commit && await this.#find(commit, fileName)) ||
      await this.#find(revision, fileName);
    return cached && { cached, commit };
  }

  async #requireCached(fileName: string): Promise<CachedFile> {
    const found = await this.#findCached(fileName);
    if (found) {
      this.#commit ??= found.commit;
      return found.cached;
    }
    throw new RangeError(
      `Cannot load ${fileName} of ${this.name} (${this.version}): it is not in the cache, and ` +
        `local_files_only or env.allowRemoteModels does not allow fetching it`,
    );
  }

  async #openCached(fileName: string, cached: CachedFile): Promise<CheckpointFile | undefined> {
    if (cached.missing) return undefined;
    const { size } = cached.file;
    await this.#announce(fileName, size);
    this.#report(fileName, "initiate");
    this.#report(fileName, "download");
    this.#reportAmount(fileName, size);
    this.#report(fileName, "done");
    return { ...cached.file, name: `${this.name}/${fileName}` };
  }

  /**
   * Counts the expected files, when the first one is opened; without their sizes the total grows when
   * they are.
   */
  #announce(opened: string, size: number | undefined): Promise<void> {
    const { progress, signal } = this.#options;
    return this.#announced ??= progress === undefined
      ? Promise.resolve()
      : progress.total.expectFirst(progress.expected, (name) =>
        name === opened ? Promise.resolve(size) : this.#sizeOf(name))
        .catch(() =>
          signal?.throwIfAborted()
        );
  }

  /** Finds the size of a file without reading it; undefined if there is none, or it is not sent. */
  async #sizeOf(fileName: string): Promise<number | undefined> {
    const found = await this.#findCached(fileName);
    if (found) return found.cached.missing ? undefined : found.cached.file.size;
    if (this.#options.local_files_only) return undefined;
    const file = this.#fileAt(fileName);
    const response = await request(file);
    try {
      return response && readFileMetadata(response, file.name).size;
    } finally {
      response?.connection.abort();
    }
  }

  #report(file: string, status: "initiate" | "download" | "done"): void {
    // An attempt that fails begins again.
    if (status === "initiate") {
      if (this.#initiated.has(file)) return;
      this.#initiated.add(file);
    }
    this.#options.progress_callback?.({ status, name: this.name, file });
  }

  #reportAmount(file: string, loaded: number, total = loaded): void {
    const progress = total === 0 ? 100 : 100 * loaded / total;
    const amount = { loaded, total, progress };
    this.#options.progress_callback?.({ status: "progress", name: this.name, file, ...amount });
  }
}
