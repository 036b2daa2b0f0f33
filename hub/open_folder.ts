/**
 * Finds the folders of checkpoints, where there is a file system.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { showValue } from "../base/show_value.ts";
import { isFolder } from "../checkpoint/disk.ts";
import { env, hasFileSystem } from "./env.ts";
import { pathOfUrl } from "./file_url.ts";
import { isExplicitPath } from "./explicit_path.ts";
import { isRepositoryName } from "./location.ts";
import { namePermission } from "./permissions.ts";
import type { RemoteOptions } from "./remote_source.ts";

/**
 * Finds the folder of a `file:` URL, such as `import.meta.resolve("./model")`.
 *
 * @param url The URL.
 * @returns The folder's path.
 * @throws {RangeError} If there is no such folder, or `env` forbids it.
 */
export async function folderOfUrl(url: string): Promise<string> {
  const refuse = (why: string) => new RangeError(`${showValue(url)} is not a checkpoint: ${why}`);
  if (!hasFileSystem()) throw refuse("there are no folders here, wanted an http(s) URL");
  if (!env.allowLocalModels) throw refuse("env.allowLocalModels is false");
  const path = pathOfUrl(url);
  if (path === undefined) throw refuse("wanted file:///path");
  try {
    if (await isFolder(path)) return path;
  } catch (error) {
    throw namePermission(error, `read ${path}`, `--allow-read=${path}`);
  }
  throw refuse("there is no such folder");
}

/** A folder; else what {@linkcode RemoteOptions} adds to errors. */
export interface FoundFolder extends Pick<RemoteOptions, "hint" | "preface"> {
  /** Its path. */
  readonly folder?: string;
}

/**
 * Finds the folder that a text names.
 *
 * @param text A path, or the name of a repository.
 * @returns The folder, itself or in `env.localModelPath`.
 * @throws {Error} If a folder cannot be searched and the text is not a repository's name.
 */
export async function findFolder(text: string): Promise<FoundFolder> {
  if (!env.allowLocalModels) return {};
  const base = env.localModelPath.replace(/\/$/, "");
  const paths = [text, ...(base && !isExplicitPath(text) ? [`${base}/${text}`] : [])];
  for (const path of paths) {
    try {
      if (await isFolder(path)) return { folder: path };
    } catch (error) {
      const named = namePermission(error, `read ${path}`, `--allow-read=${path}`);
      if (named === error) {
        // A name that is too long, say, or a link to itself.
        const { message } = error as Error;
        throw new RangeError(`Cannot open the folder ${showValue(path)}: ${message.slice(0, 200)}`);
      }
      if (!isRepositoryName(text)) throw named;
      // A repository on the hub does not need the permission.
      return { hint: `; a folder ${path} could not be searched without --allow-read=${path}` };
    }
  }
  const tried = paths.map(absolute);
  return { preface: `there is no such folder (${tried.join(" or ").slice(0, 400)})` };
}

/** Makes a path absolute, if the current folder may be known. */
function absolute(path: string): string {
  try {
    return nodeModule("node:path").resolve(path);
  } catch {
    return path;
  }
}
