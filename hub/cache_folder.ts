import { showValue } from "../base/show_value.ts";
import { pathOfUrl } from "./file_url.ts";

/**
 * Checks the folder of the cache that `cache_dir` or `env.cacheDir` names.
 *
 * @param given A path or a `file:` URL; undefined and null mean absent.
 * @returns The path; undefined if it is absent.
 * @throws {TypeError} If it is neither a string nor a URL.
 * @throws {RangeError} If it is empty or holds NUL, or the URL is not one of a folder.
 */
export function cacheFolder(given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  const text = given instanceof URL ? given.href : given;
  const refuse = (Kind: typeof TypeError | typeof RangeError) =>
    new Kind(
      `Cannot use the cache folder ${showValue(text)}: wanted a path, or a URL like file:///path`,
    );
  if (typeof text !== "string") throw refuse(TypeError);
  const isUrl = given instanceof URL || /^file:/i.test(text);
  const path = isUrl ? pathOfUrl(text) : text;
  if (!path || path.includes("\0") || isUrl && !/^file:/i.test(text)) throw refuse(RangeError);
  return path;
}
