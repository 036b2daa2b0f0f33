/** Global settings for loading, named as in transformers.js; see {@linkcode env}. */
export interface HubEnvironment {
  /**
   * Whether checkpoints may be loaded from local folders, and in a browser from `localModelPath`;
   * there it is false at first.
   */
  allowLocalModels: boolean;
  /**
   * Folder searched for `owner/name`, after the current folder; "" for none. In a browser a URL
   * path, relative to the page; "/models/" at first.
   */
  localModelPath: string;
  /** Whether files may be fetched; if not, `owner/name` is read from the cache only. */
  allowRemoteModels: boolean;
  /** URL of the hub, or of a mirror. */
  remoteHost: string;
  /** Path of a model's files on the host, with the placeholders `{model}` and `{revision}`. */
  remotePathTemplate: string;
  /** Folder of the cache on disk; undefined for `.cache/lsg` in the home folder. */
  cacheDir: string | undefined;
  /** Whether files are cached on disk, if there is a file system. */
  useFSCache: boolean;
  /** Whether files are cached by the Cache API, if there is no file system. */
  useBrowserCache: boolean;
}

/**
 * Returns whether there is a file system, as in Deno and Node.
 *
 * @returns False in a browser.
 *
 * @example
 * ```ts
 * import { hasFileSystem } from "@lsg/core/hub";
 * import { assert } from "@std/assert";
 *
 * assert(hasFileSystem());
 * ```
 */
export function hasFileSystem(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}

/**
 * Global settings for loading. Assign to its keys before calling `from_pretrained`.
 *
 * @example Load from a mirror, never from local folders
 * ```ts
 * import { env } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(env.remoteHost, "https://huggingface.co/");
 * env.remoteHost = "https://hub.example.org/";
 * env.allowLocalModels = false;
 * ```
 */
export const env: HubEnvironment = {
  allowLocalModels: hasFileSystem(),
  localModelPath: hasFileSystem() ? "" : "/models/",
  allowRemoteModels: true,
  remoteHost: "https://huggingface.co/",
  remotePathTemplate: "{model}/resolve/{revision}/",
  cacheDir: undefined,
  useFSCache: true,
  useBrowserCache: true,
};
