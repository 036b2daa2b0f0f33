/** Settings of all loading, with transformers.js's names; see {@linkcode env}. */
export interface HubEnvironment {
  /** Whether folders of this machine are read. */
  allowLocalModels: boolean;
  /** Where `owner/name` is looked for as a folder, besides the current folder; "" for nowhere. */
  localModelPath: string;
  /** Whether files are fetched; if not, `owner/name` is read from the cache only. */
  allowRemoteModels: boolean;
  /** The hub, or a mirror of it. */
  remoteHost: string;
  /** Where the files of a model are on the host, with `{model}` and `{revision}` to fill in. */
  remotePathTemplate: string;
  /** Folder of the cache on disk; undefined for `.cache/lsg` in the home folder. */
  cacheDir: string | undefined;
  /** Whether files are cached on disk, where there is one. */
  useFSCache: boolean;
  /** Whether files are cached by the Cache API, where there is one and no disk. */
  useBrowserCache: boolean;
}

/**
 * Whether there are files to read and folders to write, as in Deno and Node.
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
 * Settings of all loading. Assign to its keys before `from_pretrained`.
 *
 * @example A mirror, and no folders
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
  localModelPath: "",
  allowRemoteModels: true,
  remoteHost: "https://huggingface.co/",
  remotePathTemplate: "{model}/resolve/{revision}/",
  cacheDir: undefined,
  useFSCache: true,
  useBrowserCache: true,
};
