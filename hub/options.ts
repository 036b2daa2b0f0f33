import type { ProgressInfo } from "../checkpoint/progress_source.ts";

/** How a checkpoint is found and fetched, with transformers.js's names. */
export interface HubOptions {
  /** Branch, tag or commit of a repository; `main` if absent. Paths and URLs have none. */
  readonly revision?: string;
  /** Folder of the cache; `env.cacheDir` if absent. */
  readonly cache_dir?: string;
  /** Ask no server: what is neither a folder nor in the cache is an error. */
  readonly local_files_only?: boolean;
  /** Access token, sent to the host of the checkpoint and to no other. */
  readonly token?: string;
  /** Called as files are fetched and read. */
  readonly progress_callback?: (info: ProgressInfo) => void;
}

const TYPES: Readonly<Record<keyof HubOptions, string>> = {
  revision: "string",
  cache_dir: "string",
  local_files_only: "boolean",
  token: "string",
  progress_callback: "function",
};

/** The names of all {@linkcode HubOptions}. */
export const HUB_OPTIONS: readonly (keyof HubOptions)[] = Object.keys(
  TYPES,
) as (keyof HubOptions)[];

/**
 * Checks options; others among them are left alone.
 *
 * @param options What was given.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a text is empty, or the token no single line of visible ASCII.
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
export function checkHubOptions(options: HubOptions): void {
  for (const name of HUB_OPTIONS) {
    const value: unknown = options[name];
    if (value === undefined) continue;
    const type: string = typeof value;
    if (type !== TYPES[name]) {
      throw new TypeError(
        `Cannot load a checkpoint with ${name} of type ${type}: wanted a ${TYPES[name]}`,
      );
    }
    if (value === "") {
      throw new RangeError(`Cannot load a checkpoint with an empty ${name}: leave it out`);
    }
  }
  // The token is not shown: messages end up in logs.
  if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token)) {
    throw new RangeError("Cannot load a checkpoint with this token: wanted visible ASCII only");
  }
}
