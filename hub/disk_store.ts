import { ifPresent, makeFolder, openFile, writeNewFile } from "../checkpoint/disk.ts";
import { isJsonObject } from "../base/json.ts";
import type { CheckpointFile } from "../checkpoint/source.ts";
import { saveContent } from "./disk_download.ts";
import type { Download } from "./download.ts";
import { namePermission } from "./permissions.ts";
import { pathPart } from "./place.ts";
import type { CachedFile, Store } from "./store.ts";

/** What is noted of a file: `null` if the server has none. */
interface Entry {
  readonly sha256: string;
  readonly size: number;
  readonly validator?: string;
}

/**
 * A cache on disk, which several processes may share and none can corrupt by being killed.
 *
 * ```text
 * SITE/OWNER--NAME/commits/REVISION         the commit that a revision was
 *                  files/VERSION/FILE       JSON: hash, length and validator of the content
 *                  contents/SHA256          the content, whole and checked
 *                  contents/KEY.RANDOM.part a content on its way, of one process
 * ```
 *
 * SITE is a host, with plain http written in front of it: what came that way is never taken for
 * what https gives. Every file but a `.part` gets its name when it is whole, by a rename, and never
 * changes. So there are no locks, and versions that share a content keep it once.
 */
export class DiskStore implements Store {
  readonly #root: string;
  readonly #folder: string;

  /**
   * Names the folder; nothing is read yet.
   *
   * @param root Folder of the whole cache.
   * @param key The place's path in it.
   */
  constructor(root: string, key: string) {
    this.#root = root;
    this.#folder = `${root}/${key}`;
  }

  async readCommit(revision: string): Promise<string | undefined> {
    const text = await this.#read(`commits/${pathPart(revision)}`);
    return text && /^\w{1,64}$/.test(text) ? text : undefined;
  }

  writeCommit(revision: string, commit: string): Promise<void> {
    return this.#write("commits", pathPart(revision), commit);
  }

  async find(version: string, fileName: string): Promise<CachedFile | undefined> {
    const text = await this.#read(`files/${pathPart(version)}/${pathPart(fileName)}`);
    const entry = text === undefined ? undefined : parseEntry(text);
    if (!entry) return entry === null ? { missing: true } : undefined;
    const file = await this.#open(entry.sha256);
    if (file?.size !== entry.size) return undefined;
    return { missing: false, validator: entry.validator, file };
  }

  markMissing(version: string, fileName: string): Promise<void> {
    return this.#write(`files/${pathPart(version)}`, pathPart(fileName), "null");
  }

  async save(version: string, fileName: string, download: Download): Promise<CheckpointFile> {
    const { digest, size, validator } = download.facts;
    let file = digest?.kind === "sha256" ? await this.#open(digest.hex) : undefined;
    // One of another length was damaged.
    const isWhole = file !== undefined && (size === undefined || file.size === size);
    let sha256 = digest?.hex ?? "";
    if (file === undefined || !isWhole) {
      const contents = `${this.#folder}/contents`;
      sha256 = await this.#allowed(saveContent(contents, pathPart(fileName), download));
      file = (await this.#open(sha256))!;
    }
    const entry: Entry = { sha256, size: file.size, ...(validator && { validator }) };
    await this.#write(`files/${pathPart(version)}`, pathPart(fileName), JSON.stringify(entry));
    return file;
  }

  #open(sha256: string): Promise<CheckpointFile | undefined> {
    return this.#allowed(openFile(`${this.#folder}/contents/${sha256}`));
  }

  async #read(path: string): Promise<string | undefined> {
    const { readFile } = await import("node:fs/promises");
    return await this.#allowed(ifPresent(readFile(`${this.#folder}/${path}`, "utf8")));
  }

  async #write(folder: string, fileName: string, text: string): Promise<void> {
    const { rename } = await import("node:fs/promises");
    const path = `${this.#folder}/${folder}/${fileName}`;
    const write = async () => {
      const part = `${path}.${crypto.randomUUID()}.part`;
      await makeFolder(`${this.#folder}/${folder}`);
      await writeNewFile(part, [new TextEncoder().encode(text)]);
      await rename(part, path);
    };
    await this.#allowed(write());
  }

  async #allowed<Result>(operation: Promise<Result>): Promise<Result> {
    try {
      return await operation;
    } catch (error) {
      const flags = `--allow-read=${this.#root} --allow-write=${this.#root}, or with another ` +
        `cache_dir`;
      throw namePermission(error, `use the cache ${this.#root}`, flags);
    }
  }
}

/** Undefined for what this version of the library did not write. */
function parseEntry(text: string): Entry | null | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (entry === null) return null;
  if (!isJsonObject(entry)) return undefined;
  const { sha256, size, validator } = entry;
  const isWhole = typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256) &&
    Number.isSafeInteger(size) && (validator === undefined || typeof validator === "string");
  return isWhole ? entry as unknown as Entry : undefined;
}
