import type { CheckpointFile } from "../checkpoint/source.ts";
import { blobFile } from "./direct_file.ts";
import { type Download, readDownload } from "./download.ts";
import type { RemotePlace } from "./place.ts";
import type { CachedFile, Store } from "./store.ts";

/** Header that keeps a file's validator; the others are the server's business. */
const VALIDATOR = "x-lsg-validator";

/**
 * A cache in a browser, by its Cache API: files under their URL at a commit, the commit of a
 * revision under the URL of its folder. An entry becomes visible when its body has ended.
 */
export class BrowserStore implements Store {
  readonly #cache: Cache;
  readonly #place: RemotePlace;

  /**
   * Wraps a cache.
   *
   * @param cache As `caches.open` gives it.
   * @param place What is cached in it.
   */
  constructor(cache: Cache, place: RemotePlace) {
    this.#cache = cache;
    this.#place = place;
  }

  async readCommit(revision: string): Promise<string | undefined> {
    return await (await this.#cache.match(this.#place.url("", revision)))?.text();
  }

  async writeCommit(revision: string, commit: string): Promise<void> {
    await this.#cache.put(this.#place.url("", revision), new Response(commit));
  }

  async find(version: string, fileName: string): Promise<CachedFile | undefined> {
    const response = await this.#cache.match(this.#place.url(fileName, version));
    if (response === undefined) return undefined;
    if (response.status === 404) return { missing: true };
    const validator = response.headers.get(VALIDATOR) ?? undefined;
    const name = `${this.#place.name}/${fileName}`;
    return { missing: false, validator, file: blobFile(await response.blob(), name) };
  }

  async markMissing(version: string, fileName: string): Promise<void> {
    const missing = new Response(null, { status: 404 });
    await this.#cache.put(this.#place.url(fileName, version), missing);
  }

  async save(version: string, fileName: string, download: Download): Promise<CheckpointFile> {
    const pieces = readDownload(download, 0);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void await pieces.return(undefined),
    });
    const { validator } = download.facts;
    const headers = new Headers(validator === undefined ? {} : { [VALIDATOR]: validator });
    const url = this.#place.url(fileName, version);
    try {
      await this.#cache.put(url, new Response(body as BodyInit, { headers }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "QuotaExceededError") throw error;
      throw new RangeError(
        `Cannot keep ${download.name}: the browser gives no more room. Set env.useBrowserCache ` +
          `to false to read it without a cache`,
        { cause: error },
      );
    }
    const kept = await this.find(version, fileName);
    if (kept?.missing !== false) throw new Error(`Cannot keep ${download.name}: it was removed`);
    return kept.file;
  }
}
