/**
 * Global settings for loading, named as in transformers.js.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";

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
  /** Folder of the cache on disk; undefined or null for `.cache/lsg` in the home folder. */
  cacheDir: string | URL | null | undefined;
  /** Whether files are cached on disk, if there is a file system. */
  useFSCache: boolean;
  /** Whether files are cached by the Cache API, if there is no file system. */
  useBrowserCache: boolean;
  /** Name of that cache; "lsg-cache" at first. */
  cacheKey: string;
  /** Sends all requests; `fetch` at first, for which another may be put that adds headers. */
  fetch: (url: URL, init: RequestInit) => Promise<Response>;
}

/** What an advice in place of one of transformers.js's settings says. */
const ONNX =
  "there is no ONNX runtime: threads, device and dtype are options of loading, as in pipeline()";

/** The same in place of a cache of one's own. */
const CACHE = "set fetch, or load from a source of your own, an object with open(fileName)";

/** Settings of transformers.js that are not here, and what to do instead. */
const ADVICE: Readonly<Record<string, string>> = {
  backends: ONNX,
  useWasmCache: ONNX,
  logLevel: "nothing is logged but warnings, by console.warn",
  useFS: "set allowLocalModels and useFSCache",
  useCustomCache: CACHE,
  customCache: CACHE,
  experimental_useCrossOriginStorage: "files are cached for a page's own origin",
  version: "it is in package.json and deno.json",
};

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
  if (!("process" in globalThis)) return false;
  // In Deno its value takes 15 ms of a program's start: it loads Node's modules.
  if ("Deno" in globalThis) return true;
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}

const defaults: HubEnvironment = {
  allowLocalModels: hasFileSystem(),
  localModelPath: hasFileSystem() ? "" : "/models/",
  allowRemoteModels: true,
  remoteHost: "https://huggingface.co/",
  remotePathTemplate: "{model}/resolve/{revision}/",
  cacheDir: undefined,
  useFSCache: true,
  useBrowserCache: true,
  cacheKey: "lsg-cache",
  // Found at each request, so that it can be replaced for the whole program.
  fetch: (url, init) => globalThis.fetch(url, init),
};

/**
 * Global settings for loading. Assign to its keys before calling `from_pretrained`.
 *
 * A key that is not one of {@linkcode HubEnvironment}, and a value of another type, is a `TypeError`;
 * for those of transformers.js that are not here it says what to do instead.
 *
 * @example Load from a mirror, never from local folders
 * ```ts
 * import { env } from "@lsg/core";
 * import { assertThrows } from "@std/assert";
 *
 * env.remoteHost = "https://hub.example.org/";
 * env.allowLocalModels = false;
 * assertThrows(() => Object.assign(env, { allowLocalModel: true }), TypeError, "allowLocalModels");
 * ```
 */
export const env: HubEnvironment = new Proxy({ ...defaults }, {
  get: (target, key) => Reflect.get(target, assertNamed(key)),
  set: (target, key, value) => Reflect.set(target, assertFits(key, value), value),
  defineProperty: (target, key, property) =>
    Reflect.defineProperty(target, assertFits(key, property.value), property),
});

/** Asserts that a key is not one of transformers.js that is not here. */
function assertNamed(key: string | symbol): string | symbol {
  if (typeof key === "symbol" || !Object.hasOwn(ADVICE, key)) return key;
  throw new TypeError(`There is no env.${key}: ${ADVICE[key]}`);
}

/** Asserts that there is a setting, and that a value has its type. */
function assertFits(key: string | symbol, value: unknown): string | symbol {
  const name = String(assertNamed(key));
  if (!Object.hasOwn(defaults, name)) {
    throw new TypeError(
      `There is no env.${name}: wanted one of ${Object.keys(defaults).join(", ")}`,
    );
  }
  const type = typeof defaults[name as keyof HubEnvironment];
  // The folder of the cache is checked where it is used.
  if (type === "undefined" || typeof value === type) return key;
  throw new TypeError(`Cannot set env.${name} to ${showValue(value)}: wanted a ${type}`);
}
