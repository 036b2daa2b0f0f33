/**
 * Opens the folders of checkpoints, where there is a file system.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { showValue } from "../base/show_value.ts";
import { isFolder } from "../checkpoint/disk.ts";
import { FolderSource } from "../checkpoint/folder_source.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { env, hasFileSystem } from "./env.ts";
import { assertNoRevision, isExplicitPath } from "./explicit_path.ts";
import { pathOfUrl } from "./file_url.ts";
import { isRepositoryName } from "./location.ts";
import type { FoundOptions, Local } from "./local.ts";
import { namePermission } from "./permissions.ts";

/**
 * Opens the folder of a `file:` URL, such as `import.meta.resolve("./model")`.
 *
 * @param url The URL.
 * @param options The hub's options.
 * @returns The source of its files.
 * @throws {RangeError} If there is no such folder, `env` forbids it, or a revision is given.
 */
export async function openFolderOfUrl(
  url: string,
  options: FoundOptions,
): Promise<CheckpointSource> {
  assertNoRevision(url, options);
  const refuse = (why: string) => new RangeError(`${showValue(url)} is not a checkpoint: ${why}`);
  if (!hasFileSystem()) throw refuse("there are no folders here, wanted an http(s) URL");
  if (!env.allowLocalModels) throw refuse("env.allowLocalModels is false");
  const path = pathOfUrl(url);
  if (path === undefined) throw refuse("wanted file:///path");
  try {
    if (!await isFolder(path)) throw refuse("there is no such folder");
  } catch (error) {
    throw namePermission(error, `read ${path}`, `--allow-read=${path}`);
  }
  return await openFolder(path, options);
}

/**
 * Opens the folder that a text names.
 *
 * @param text A path, or the name of a repository.
 * @param options The hub's options.
 * @returns The folder, itself or in `env.localModelPath`, if there is one.
 * @throws {RangeError} If a revision is given for a path.
 * @throws {Error} If a folder cannot be searched and the text is not a repository's name.
 */
export async function findFolder(text: string, options: FoundOptions): Promise<Local> {
  if (!env.allowLocalModels) return {};
  const base = env.localModelPath.replace(/\/$/, "");
  const paths = [text, ...(base && !isExplicitPath(text) ? [`${base}/${text}`] : [])];
  for (const path of paths) {
    try {
      if (!await isFolder(path)) continue;
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
    // A folder in env.localModelPath replaces any revision of the repository.
    if (path === text) assertNoRevision(text, options);
    return { source: await openFolder(path, options) };
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

async function openFolder(folder: string, { progress }: FoundOptions): Promise<CheckpointSource> {
  const source = new FolderSource(folder);
  if (!progress) return source;
  const sizeOf = async (name: string) => (await source.open(name))?.size;
  await progress.total.expectFirst(progress.expected, sizeOf);
  return progress.total.watch(source);
}
