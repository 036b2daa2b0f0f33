import { CALLBACK, checkValues, FLAG, type OptionCheck, SIGNAL } from "../base/check_options.ts";
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

/** A name: a string that is not empty. */
const NAME: OptionCheck = {
  type: "string",
  wanted: "a string that is not empty, or nothing",
  accepts: (value) => value !== "",
};

const CHECKS: Readonly<Record<keyof HubOptions, OptionCheck | undefined>> = {
  revision: NAME,
  cache_dir: NAME,
  local_files_only: FLAG,
  // A message must not show the token: it may be logged.
  token: undefined,
  progress_callback: CALLBACK,
  signal: SIGNAL,
};

/** The names of all {@linkcode HubOptions}. */
export const HUB_OPTIONS: readonly (keyof HubOptions)[] = Object.keys(
  CHECKS,
) as (keyof HubOptions)[];

/**
 * Checks the hub's options; any others are ignored.
 *
 * @param options The options; null means absent.
 * @returns The options that are present.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a string is empty, the token is not visible ASCII, or the signal is another
 * object.
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
  const { token, ...given } = checkValues("Cannot load a checkpoint", options, CHECKS);
  if (token === undefined) return given;
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return { ...given, token };
  throw new (typeof token === "string" ? RangeError : TypeError)(
    "Cannot load a checkpoint with this token: wanted a string of visible ASCII only",
  );
}
