/**
 * From what a user writes to where a checkpoint is.
 *
 * @module
 */
import { isFolder } from "../checkpoint/disk.ts";
import { FolderSource } from "../checkpoint/folder_source.ts";
import { ProgressSource } from "../checkpoint/progress_source.ts";
import { showValue } from "../base/show_value.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { env, hasFileSystem } from "./env.ts";
import { BrowserStore } from "./browser_store.ts";
import { DiskStore } from "./disk_store.ts";
import { checkHubOptions, type HubOptions } from "./options.ts";
import { namePermission, readVariable } from "./permissions.ts";
import { hubPlace, isRepositoryName, type RemotePlace, urlPlace } from "./place.ts";
import { RemoteSource } from "./remote_source.ts";
import type { Store } from "./store.ts";

/**
 * Opens a checkpoint: a folder, one in `env.localModelPath`, a repository of the hub, or the URL
 * of a folder, looked for in this order.
 *
 * @param checkpoint Path, `owner/name` or URL; a source is taken as it is.
 * @param options Revision, cache, token, progress.
 * @returns The source of its files.
 * @throws {TypeError} If an option or the checkpoint is of the wrong type.
 * @throws {RangeError} If it is none of these, `env` forbids where it is, or a path or a URL is
 * given a revision.
 *
 * @example
 * ```ts
 * import { openCheckpoint } from "@lsg/core/hub";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * assertEquals((await openCheckpoint("demo/model")).name, "demo/model");
 * await assertRejects(() => openCheckpoint("no/such/folder"), RangeError, "no such folder");
 * ```
 */
export async function openCheckpoint(
  checkpoint: string | CheckpointSource,
  options: HubOptions = {},
): Promise<CheckpointSource> {
  checkHubOptions(options);
  if (typeof checkpoint !== "string") {
    if (typeof checkpoint?.open === "function") return withProgress(checkpoint, options);
    throw new TypeError(
      `Cannot open the checkpoint ${showValue(checkpoint)}: wanted a folder, "owner/name", a URL ` +
        "or a source of files",
    );
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(checkpoint)) {
    refuseRevision(checkpoint, options);
    return await openRemote(urlPlace(checkpoint), options);
  }
  const { folder, hint } = await findFolder(checkpoint);
  // One in env.localModelPath stands for any revision.
  if (folder === checkpoint) refuseRevision(checkpoint, options);
  if (folder !== undefined) return withProgress(new FolderSource(folder), options);
  if (!isRepositoryName(checkpoint)) {
    throw new RangeError(
      `${
        JSON.stringify(checkpoint)
      } is no checkpoint: there is no such folder, and it is no name ` +
        `on the hub like "owner/name"`,
    );
  }
  return await openRemote(hubPlace(checkpoint, options.revision ?? "main"), options, hint);
}

/** Files without versions must not pass for a version. */
function refuseRevision(checkpoint: string, { revision }: HubOptions): void {
  if (revision === undefined) return;
  throw new RangeError(
    `Cannot load the revision ${JSON.stringify(revision)} of ${JSON.stringify(checkpoint)}: ` +
      "folders and URLs have none, leave it out",
  );
}

function withProgress(source: CheckpointSource, options: HubOptions): CheckpointSource {
  const { progress_callback } = options;
  return progress_callback ? new ProgressSource(source, progress_callback) : source;
}

/** The folder that a text names, if there is one; else what to add to errors. */
async function findFolder(text: string): Promise<{ folder?: string; hint?: string }> {
  if (!env.allowLocalModels) return {};
  const base = env.localModelPath.replace(/\/$/, "");
  const isRelative = !/^([/\\]|[a-z]:|\.\.?([/\\]|$))/i.test(text);
  for (const path of [text, ...(base && isRelative ? [`${base}/${text}`] : [])]) {
    try {
      if (await isFolder(path)) return { folder: path };
    } catch (error) {
      const named = namePermission(error, `read ${path}`, `--allow-read=${path}`);
      if (named === error || !isRepositoryName(text)) throw named;
      // It may be on the hub, and then nobody wants to read the folder.
      return { hint: `; a folder ${path} could not be looked for without --allow-read=${path}` };
    }
  }
  return { hint: `; and there is no folder ${text}` };
}

async function openRemote(
  place: RemotePlace,
  options: HubOptions,
  hint?: string,
): Promise<CheckpointSource> {
  const { token, progress_callback } = options;
  const local_files_only = options.local_files_only || !env.allowRemoteModels;
  const store = await openStore(place, options.cache_dir);
  return new RemoteSource(place, { store, local_files_only, token, progress_callback, hint });
}

async function openStore(
  place: RemotePlace,
  cache_dir: string | undefined,
): Promise<Store | undefined> {
  if (hasFileSystem()) {
    if (cache_dir === undefined && !env.useFSCache) return undefined;
    return new DiskStore(cache_dir ?? env.cacheDir ?? defaultCache(), place.key);
  }
  if (cache_dir !== undefined) {
    throw new TypeError("Cannot use cache_dir here: there is no file system, leave it out");
  }
  // A page without https has none.
  if (!env.useBrowserCache || typeof caches === "undefined") return undefined;
  try {
    return new BrowserStore(await caches.open("lsg-cache"), place);
  } catch (cause) {
    const advice = "set env.useBrowserCache to false to do without";
    throw new Error(`Cannot open the browser's cache, ${advice}: ${cause}`, { cause });
  }
}

function defaultCache(): string {
  const home = readVariable("HOME") ?? readVariable("USERPROFILE");
  if (home !== undefined) return `${home}/.cache/lsg`;
  throw new RangeError(
    "Cannot find the folder of the cache: HOME is not set or must not be read. Give cache_dir " +
      "or env.cacheDir, or set env.useFSCache to false, or run again with --allow-env=HOME",
  );
}
