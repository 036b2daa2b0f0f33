/**
 * Opens the cache on disk.
 *
 * @module
 */
import { cacheFolder } from "./cache_folder.ts";
import { DiskStore } from "./disk_store.ts";
import { env } from "./env.ts";
import { readVariable } from "./permissions.ts";
import type { Store } from "./store.ts";

/**
 * Opens the cache of a location on disk.
 *
 * @param key The location's key.
 * @param cache_dir The cache's folder; absent: `env.cacheDir`, else `.cache/lsg` in the home folder.
 * @param isNeeded Whether nothing can be loaded without a cache.
 * @returns The cache; undefined, with a warning, if its folder cannot be found and is not needed.
 * @throws {RangeError} If the folder cannot be found and is needed.
 */
export function openDiskStore(
  key: string,
  cache_dir: string | undefined,
  isNeeded: boolean,
): Store | undefined {
  const root = cacheFolder(cache_dir) ?? cacheFolder(env.cacheDir) ?? findDefaultCache(isNeeded);
  return root === undefined ? undefined : new DiskStore(root, key);
}

/** Finds the cache's folder; if there is none, warns, or throws if it is needed. */
function findDefaultCache(isNeeded: boolean): string | undefined {
  const home = readVariable("HOME") ?? readVariable("USERPROFILE");
  if (home !== undefined) return `${home}/.cache/lsg`;
  const message = "Cannot find the cache folder: HOME is not set or may not be read. Pass " +
    "cache_dir, or set env.cacheDir, or set env.useFSCache to false, or run again with " +
    "--allow-env=HOME";
  if (isNeeded) throw new RangeError(message);
  console.warn(`${message}. Loading without a cache`);
  return undefined;
}
