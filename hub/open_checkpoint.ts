/**
 * Opens a checkpoint by its path, repository name or URL.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { BrowserStore, cacheError } from "./browser_store.ts";
import { env, hasFileSystem } from "./env.ts";
import type { FoundOptions, Local } from "./local.ts";
import { assertNoRevision, isExplicitPath } from "./explicit_path.ts";
import { isRepositoryName, locateRepository, locateUrl, type RemoteLocation } from "./location.ts";
import { checkHubOptions, type HubOptions } from "./options.ts";
import { type ExpectedProgress, type RemoteOptions, RemoteSource } from "./remote_source.ts";
import type { Store } from "./store.ts";

/**
 * Opens a checkpoint: a folder, a folder in `env.localModelPath`, a repository of the hub, or the
 * URL of a folder, searched in this order.
 *
 * In a browser's page paths are URLs relative to it: `"./models/x"` and `"/models/x"` always, and
 * `"owner/name"` in `env.localModelPath` if `env.allowLocalModels` is set.
 *
 * @param checkpoint Path, `owner/name` or URL (http, https, file), also as an object; a source is
 * used directly.
 * @param options Revision, cache, token, progress, signal.
 * @param progress Where the progress is added up, in place of `options.progress_callback`.
 * @returns The source of its files.
 * @throws {TypeError} If an option or the checkpoint is of the wrong type.
 * @throws {RangeError} If there is no such checkpoint, `env` forbids its location, or a revision is
 * given for a path or a URL.
 * @throws The signal's reason, if it is aborted; and from each read of a file.
 *
 * @example
 * ```ts
 * import { openCheckpoint } from "@lsg/core/hub";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const source = await openCheckpoint("FacebookAI/roberta-base");
 * assertEquals(source.name, "FacebookAI/roberta-base");
 * await assertRejects(() => openCheckpoint("no/such/folder"), RangeError, "no such folder");
 * ```
 */
export async function openCheckpoint(
  checkpoint: string | URL | CheckpointSource,
  options: HubOptions = {},
  progress?: ExpectedProgress,
): Promise<CheckpointSource> {
  options = checkHubOptions(options);
  const { signal } = options;
  signal?.throwIfAborted();
  progress ??= await expectFiles(options.progress_callback);
  const source = await findSource(checkpoint, { ...options, progress });
  if (!signal) return source;
  const { AbortableSource } = await import("../checkpoint/abortable_source.ts");
  const isOwn = typeof checkpoint === "object" && !(checkpoint instanceof URL);
  return new AbortableSource(source, signal, !isOwn);
}

/**
 * Adds up the progress of loading for a caller's callback.
 *
 * @param progress_callback The callback; undefined or null for none.
 * @param expected Lists of file names; of each, the first file that there is will be read, and
 * `progress_total` counts it from the beginning, if it is in a folder or on a server.
 * @returns What `openCheckpoint` takes; undefined without a callback.
 *
 * @example A total that does not grow when the weights are opened
 * ```ts
 * import { readJsonObject } from "@lsg/core/checkpoint";
 * import { expectFiles, openCheckpoint } from "@lsg/core/hub";
 * import { assert } from "@std/assert";
 *
 * const totals: (readonly string[])[] = [];
 * const progress = await expectFiles((info) => {
 *   if (info.status === "progress_total") totals.push(Object.keys(info.files));
 * }, ["model.safetensors", "pytorch_model.bin"]);
 * const source = await openCheckpoint("FacebookAI/roberta-base", {}, progress);
 * await readJsonObject(source, "config.json");
 * assert(totals[0].includes("model.safetensors")); // counted before it is read
 * ```
 */
export async function expectFiles(
  progress_callback: HubOptions["progress_callback"] | null,
  ...expected: readonly (readonly string[])[]
): Promise<ExpectedProgress | undefined> {
  if (!progress_callback) return undefined;
  const { TotalProgress } = await import("../checkpoint/total_progress.ts");
  return { total: new TotalProgress(progress_callback), expected };
}

async function findSource(
  checkpoint: string | URL | CheckpointSource,
  options: FoundOptions,
): Promise<CheckpointSource> {
  if (checkpoint instanceof URL) checkpoint = checkpoint.href;
  if (typeof checkpoint !== "string") {
    if (typeof checkpoint?.open !== "function") {
      throw new TypeError(
        `Cannot open the checkpoint ${showValue(checkpoint)}: wanted a folder, "owner/name", a ` +
          "URL or a source of files",
      );
    }
    return options.progress?.total.watch(checkpoint) ?? checkpoint;
  }
  if (/^file:/i.test(checkpoint)) {
    return (await import("./open_folder.ts")).openFolderOfUrl(checkpoint, options);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(checkpoint)) {
    assertNoRevision(checkpoint, options);
    return await openRemote(locateUrl(checkpoint), options);
  }
  const page = findPage();
  const { source, ...hints } = page
    ? await findLocal(checkpoint, page, options)
    : await (await import("./open_folder.ts")).findFolder(checkpoint, options);
  if (source !== undefined) return source;
  if (!isRepositoryName(checkpoint)) {
    const { preface = "env.allowLocalModels does not allow local folders" } = hints;
    throw new RangeError(
      `${showValue(checkpoint)} is not a checkpoint: ${preface}, and it is not a name on the hub ` +
        `like "owner/name"`,
    );
  }
  const location = locateRepository(checkpoint, options.revision ?? "main");
  return await openRemote(location, options, hints);
}

/**
 * Finds the URL that a browser's page, or a worker of it, resolves paths against.
 *
 * @returns The URL; undefined in Deno and Node.
 */
function findPage(): string | undefined {
  if (hasFileSystem()) return undefined;
  const { document, location } = globalThis as {
    document?: { baseURI: string };
    location?: { href: string };
  };
  // A worker made of a blob is at blob:https://host/….
  return document?.baseURI ?? location?.href.replace(/^blob:/, "");
}

/** Finds a checkpoint on the page's own server. */
async function findLocal(text: string, page: string, options: FoundOptions): Promise<Local> {
  // Files beside the page are local ones, so they may be fetched in any case.
  const open = (path: string, hubOptions: FoundOptions) =>
    openRemote(locateUrl(new URL(path, page).href), hubOptions, { isLocal: true });
  if (isExplicitPath(text)) {
    assertNoRevision(text, options);
    return { source: await open(text, options) };
  }
  if (!env.allowLocalModels || !env.localModelPath) return {};
  const { findInPage } = await import("./find_in_page.ts");
  const path = `${env.localModelPath.replace(/\/$/, "")}/${text}`;
  // The token is one for the hub.
  return await findInPage(await open(path, { ...options, token: undefined }));
}

async function openRemote(
  location: RemoteLocation,
  options: FoundOptions,
  { isLocal, ...hints }: Pick<RemoteOptions, "hint" | "preface"> & { isLocal?: boolean } = {},
): Promise<CheckpointSource> {
  const { token, progress, signal } = options;
  const local_files_only = !isLocal && (options.local_files_only || !env.allowRemoteModels);
  const store = await openStore(location, options.cache_dir, local_files_only);
  const progress_callback = progress?.total.report;
  const remote = { store, local_files_only, token, progress, progress_callback, signal, ...hints };
  return new RemoteSource(location, remote);
}

async function openStore(
  location: RemoteLocation,
  cache_dir: string | undefined,
  isNeeded: boolean,
): Promise<Store | undefined> {
  if (hasFileSystem()) {
    if (cache_dir === undefined && !env.useFSCache) return undefined;
    const { openDiskStore } = await import("./open_disk_store.ts");
    return openDiskStore(location.key, cache_dir, isNeeded);
  }
  if (cache_dir !== undefined) {
    throw new TypeError("Cannot use cache_dir here: there is no file system, leave it out");
  }
  // The Cache API is missing from pages without https.
  if (!env.useBrowserCache || typeof caches === "undefined") return undefined;
  try {
    return new BrowserStore(await caches.open(env.cacheKey), location);
  } catch (cause) {
    const error = cacheError("open the browser's cache", cause);
    if (isNeeded) throw error;
    console.warn(error.message);
    return undefined;
  }
}
