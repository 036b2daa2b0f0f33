import type { CheckpointFile } from "../checkpoint/source.ts";
import type { Download } from "./download.ts";
import type { RemoteLocation } from "./location.ts";
import { openBlob } from "./open_blob.ts";
import { readChecked } from "./read_checked.ts";
import { type CachedFile, CacheError, type Store } from "./store.ts";

/** Header of a cached response that stores the file's validator. */
const VALIDATOR = "x-lsg-validator";

/**
 * A cache in a browser, by its Cache API: a file is stored under its URL at a commit, the commit of
 * a revision under the URL of its folder. An entry becomes visible once its body is complete.
 *
 * @example A file is fetched once
 * ```ts
 * import { readJsonObject } from "@lsg/core/checkpoint";
 * import { BrowserStore, locateRepository, RemoteSource } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * const location = locateRepository("FacebookAI/roberta-base", "main");
 * const store = new BrowserStore(await caches.open("models"), location);
 * await readJsonObject(new RemoteSource(location, { store }), "config.json");
 * const offline = new RemoteSource(location, { store, local_files_only: true });
 * assertEquals((await readJsonObject(offline, "config.json"))?.model_type, "roberta");
 * await caches.delete("models");
 * ```
 */
export class BrowserStore implements Store {
  readonly #cache: Cache;
  readonly #location: RemoteLocation;

  /**
   * Wraps a cache.
   *
   * @param cache A cache that `caches.open` returned.
   * @param location The location whose files are cached.
   */
  constructor(cache: Cache, location: RemoteLocation) {
    this.#cache = cache;
    this.#location = location;
  }

  async readCommit(revision: string): Promise<string | undefined> {
    return await (await this.#match("", revision))?.text();
  }

  async writeCommit(revision: string, commit: string): Promise<void> {
    await this.#put("", revision, new Response(commit));
  }

  async find(version: string, fileName: string): Promise<CachedFile | undefined> {
    const response = await this.#match(fileName, version);
    if (response === undefined) return undefined;
    if (response.status === 404) return { missing: true };
    const validator = response.headers.get(VALIDATOR) ?? undefined;
    const name = `${this.#location.name}/${fileName}`;
    return { missing: false, validator, file: openBlob(await response.blob(), name) };
  }

  async markMissing(version: string, fileName: string): Promise<void> {
    await this.#put(fileName, version, new Response(null, { status: 404 }));
  }

  async save(version: string, fileName: string, download: Download): Promise<CheckpointFile> {
    const chunks = readChecked(download);
    let failure: { readonly error: unknown } | undefined;
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { done, value } = await chunks.next().catch((error) => {
          failure = { error };
          throw error;
        });
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void await chunks.return(undefined),
    });
    const { validator } = download.metadata;
    const headers = new Headers(validator === undefined ? {} : { [VALIDATOR]: validator });
    try {
      await this.#put(fileName, version, new Response(body as BodyInit, { headers }));
    } catch (error) {
      download.signal?.throwIfAborted();
      // A failure of the download is not one of the cache.
      throw failure ? failure.error : error;
    }
    const cached = await this.find(version, fileName);
    if (cached?.missing === false) return cached.file;
    throw cacheError(`cache ${download.name}`, "the browser removed it at once");
  }

  async #match(fileName: string, version: string): Promise<Response | undefined> {
    try {
      return await this.#cache.match(this.#location.url(fileName, version));
    } catch (cause) {
      throw cacheError("read the browser's cache", cause);
    }
  }

  async #put(fileName: string, version: string, response: Response): Promise<void> {
    const url = this.#location.url(fileName, version);
    try {
      await this.#cache.put(url, response);
    } catch (cause) {
      throw cacheError(`write ${url} to the browser's cache`, cause);
    }
  }
}

/**
 * Makes the error of a browser's cache that fails.
 *
 * @param attempt What was attempted.
 * @param cause Why it failed.
 * @returns The error.
 */
export function cacheError(attempt: string, cause: unknown): CacheError {
  const advice = "Set env.useBrowserCache to false to load without it";
  return new CacheError(`Cannot ${attempt}: ${cause}. ${advice}`, { cause });
}
