import { givenOptions } from "../base/check_options.ts";
import type { ProgressInfo } from "../checkpoint/progress_source.ts";

/** Options for finding and fetching a checkpoint, named as in transformers.js. */
export interface HubOptions {
  /** Branch, tag or commit of a repository; `main` if absent. Paths and URLs have none. */
  readonly revision?: string;
  /** Folder of the cache; `env.cacheDir` if absent. */
  readonly cache_dir?: string;
  /** Makes no request: a file that is neither local nor cached is an error. */
  readonly local_files_only?: boolean;
  /** Access token, sent to the host of the checkpoint and to no other. */
  readonly token?: string;
  /** Called as files are fetched and read. */
  readonly progress_callback?: (info: ProgressInfo) => void;
  /** Aborts loading, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const TYPES: Readonly<Record<keyof HubOptions, string>> = {
  revision: "string",
  cache_dir: "string",
  local_files_only: "boolean",
  token: "string",
  progress_callback: "function",
  signal: "AbortSignal",
};

/** The names of all {@linkcode HubOptions}. */
export const HUB_OPTIONS: readonly (keyof HubOptions)[] = Object.keys(
  TYPES,
) as (keyof HubOptions)[];

/**
 * Checks the hub's options; any others are ignored.
 *
 * @param options The options; null means absent.
 * @returns The options that are present.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a string is empty, or the token is not visible ASCII.
 *
 * @example
 * ```ts
 * import { checkHubOptions } from "@lsg/core/hub";
 * import { assertThrows } from "@std/assert";
 *
 * checkHubOptions({ revision: "v1.0" });
 * assertThrows(() => checkHubOptions({ revision: "" }), RangeError);
 * ```
 */
export function checkHubOptions(options: HubOptions): HubOptions {
  options = givenOptions(options);
  for (const name of HUB_OPTIONS) {
    const value: unknown = options[name];
    if (value === undefined) continue;
    const type: string = value instanceof AbortSignal ? "AbortSignal" : typeof value;
    if (type !== TYPES[name]) {
      const article = name === "signal" ? "an" : "a";
      throw new TypeError(
        `Cannot load a checkpoint with ${name} of type ${type}: wanted ${article} ${TYPES[name]}`,
      );
    }
    if (value === "") {
      throw new RangeError(`Cannot load a checkpoint with an empty ${name}: leave it out`);
    }
  }
  // The message must not show the token: it may be logged.
  if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token)) {
    throw new RangeError("Cannot load a checkpoint with this token: wanted visible ASCII only");
  }
  return options;
}
