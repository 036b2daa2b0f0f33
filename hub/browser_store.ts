import type { CheckpointFile } from "../checkpoint/source.ts";
import { openBlob } from "./direct_file.ts";
import { type Download, readDownload } from "./download.ts";
import type { RemoteLocation } from "./location.ts";
import type { CachedFile, Store } from "./store.ts";

/** Header of a cached response that stores the file's validator. */
const VALIDATOR = "x-lsg-validator";

/**
 * A cache in a browser, by its Cache API: a file is stored under its URL at a commit, the commit of
 * a revision under the URL of its folder. An entry becomes visible once its body is complete.
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
    return await (await this.#cache.match(this.#location.url("", revision)))?.text();
  }

  async writeCommit(revision: string, commit: string): Promise<void> {
    await this.#cache.put(this.#location.url("", revision), new Response(commit));
  }

  async find(version: string, fileName: string): Promise<CachedFile | undefined> {
    const response = await this.#cache.match(this.#location.url(fileName, version));
    if (response === undefined) return undefined;
    if (response.status === 404) return { missing: true };
    const validator = response.headers.get(VALIDATOR) ?? undefined;
    const name = `${this.#location.name}/${fileName}`;
    return { missing: false, validator, file: openBlob(await response.blob(), name) };
  }

  async markMissing(version: string, fileName: string): Promise<void> {
    const missing = new Response(null, { status: 404 });
    await this.#cache.put(this.#location.url(fileName, version), missing);
  }

  async save(version: string, fileName: string, download: Download): Promise<CheckpointFile> {
    const chunks = readDownload(download, 0);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void await chunks.return(undefined),
    });
    const { validator } = download.metadata;
    const headers = new Headers(validator === undefined ? {} : { [VALIDATOR]: validator });
    const url = this.#location.url(fileName, version);
    try {
      await this.#cache.put(url, new Response(body as BodyInit, { headers }));
    } catch (error) {
      download.signal?.throwIfAborted();
      if (!(error instanceof Error) || error.name !== "QuotaExceededError") throw error;
      throw new RangeError(
        `Cannot cache ${download.name}: the browser's storage quota is exceeded. Set ` +
          `env.useBrowserCache to false to read it without a cache`,
        { cause: error },
      );
    }
    const cached = await this.find(version, fileName);
    if (cached?.missing !== false) {
      throw new Error(`Cannot cache ${download.name}: its entry was removed`);
    }
    return cached.file;
  }
}
