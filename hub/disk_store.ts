import { nodeModule } from "../base/node_module.ts";
import { ifPresent, makeFolder, openFile, writeNewFile } from "../checkpoint/disk.ts";
import { readTextFile } from "../checkpoint/read_files.ts";
import { isJsonObject } from "../base/json.ts";
import { showName } from "../base/show_value.ts";
import type { CheckpointFile } from "../checkpoint/source.ts";
import { saveContent } from "./disk_download.ts";
import type { Download } from "./download.ts";
import { encodePathComponent } from "./location.ts";
import { isSystemError, namePermission } from "./permissions.ts";
import { type CachedFile, CacheError, type Store } from "./store.ts";

/** Cache entry of a file; `null` is written if the server has none. */
interface Entry {
  readonly sha256: string;
  readonly size: number;
  readonly validator?: string;
}

/**
 * A cache on disk. Several processes may share it, and a killed process cannot corrupt it.
 *
 * ```text
 * SITE/OWNER--NAME/commits/REVISION         the last known commit of a revision
 *                  files/VERSION/FILE       JSON: hash, length and validator of the content
 *                  contents/SHA256          the content, complete and checked
 *                  contents/KEY.RANDOM.part a partial download, of one process
 * ```
 *
 * SITE is a host, prefixed with `http:` if the connection was not encrypted: files received that way
 * are never used in place of files received by https. Every file except a `.part` gets its name by a
 * rename once it is complete, and never changes. So no locks are needed, and versions with the same
 * content share one copy.
 *
 * @example A file is fetched once
 * ```ts
 * import { readJsonObject } from "@lsg/core/checkpoint";
 * import { DiskStore, locateRepository, RemoteSource } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 * import { mkdtemp, rm } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 *
 * const folder = await mkdtemp(`${tmpdir()}/models-`);
 * const location = locateRepository("FacebookAI/roberta-base", "main");
 * const store = new DiskStore(folder, location.key);
 * await readJsonObject(new RemoteSource(location, { store }), "config.json");
 * const offline = new RemoteSource(location, { store, local_files_only: true });
 * assertEquals((await readJsonObject(offline, "config.json"))?.model_type, "roberta");
 * await rm(folder, { recursive: true });
 * ```
 */
export class DiskStore implements Store {
  readonly #root: string;
  readonly #folder: string;

  /**
   * Creates a store; nothing is read yet.
   *
   * @param root Folder of the whole cache.
   * @param key The location's path in it.
   */
  constructor(root: string, key: string) {
    this.#root = root;
    this.#folder = `${root}/${key}`;
  }

  async readCommit(revision: string): Promise<string | undefined> {
    const text = await this.#read(`commits/${encodePathComponent(revision)}`);
    return text && /^\w{1,64}$/.test(text) ? text : undefined;
  }

  writeCommit(revision: string, commit: string): Promise<void> {
    return this.#write("commits", encodePathComponent(revision), commit);
  }

  async find(version: string, fileName: string): Promise<CachedFile | undefined> {
    const text = await this.#read(
      `files/${encodePathComponent(version)}/${encodePathComponent(fileName)}`,
    );
    const entry = text === undefined ? undefined : parseEntry(text);
    if (!entry) return entry === null ? { missing: true } : undefined;
    const file = await this.#open(entry.sha256);
    if (file?.size !== entry.size) return undefined;
    return { missing: false, validator: entry.validator, file };
  }

  markMissing(version: string, fileName: string): Promise<void> {
    return this.#write(
      `files/${encodePathComponent(version)}`,
      encodePathComponent(fileName),
      "null",
    );
  }

  async save(version: string, fileName: string, download: Download): Promise<CheckpointFile> {
    const { digest, size, validator } = download.metadata;
    let file = digest?.kind === "sha256" ? await this.#open(digest.hex) : undefined;
    // A content of another length is corrupt.
    const isComplete = file !== undefined && (size === undefined || file.size === size);
    let sha256 = digest?.hex ?? "";
    if (file === undefined || !isComplete) {
      const contents = `${this.#folder}/contents`;
      const saving = saveContent(contents, encodePathComponent(fileName), download);
      sha256 = await this.#use(`write ${download.name} to`, saving);
      file = (await this.#open(sha256))!;
    }
    const entry: Entry = { sha256, size: file.size, ...(validator && { validator }) };
    await this.#write(
      `files/${encodePathComponent(version)}`,
      encodePathComponent(fileName),
      JSON.stringify(entry),
    );
    return file;
  }

  #open(sha256: string): Promise<CheckpointFile | undefined> {
    // Whatever stands there in place of a file was not written by a store.
    const opening = openFile(`${this.#folder}/contents/${sha256}`);
    return this.#use("read", opening, (error) => error instanceof Error);
  }

  async #read(path: string): Promise<string | undefined> {
    return await this.#use("read", ifPresent(readTextFile(`${this.#folder}/${path}`)));
  }

  async #write(folder: string, fileName: string, text: string): Promise<void> {
    const { rename } = nodeModule("node:fs/promises");
    const path = `${this.#folder}/${folder}/${fileName}`;
    const write = async () => {
      const part = `${path}.${crypto.randomUUID()}.part`;
      await makeFolder(`${this.#folder}/${folder}`);
      await writeNewFile(part, [new TextEncoder().encode(text)]);
      await rename(part, path);
    };
    await this.#use("write to", write());
  }

  /** Waits for an operation on the cache, and names what was attempted if it fails. */
  async #use<Result>(
    attempt: string,
    operation: Promise<Result>,
    isFailure: (error: unknown) => error is Error = isSystemError,
  ): Promise<Result> {
    try {
      return await operation;
    } catch (error) {
      const root = showName(this.#root);
      const flags = `--allow-read=${root} --allow-write=${root}, or with another cache_dir`;
      const named = namePermission(error, `use the cache ${root}`, flags);
      if (named === error && isFailure(error)) {
        throw new CacheError(
          `Cannot ${attempt} the cache ${root}: ${
            showName(error.message)
          }. Pass cache_dir or set ` +
            "env.cacheDir to use another folder, or set env.useFSCache to false",
          { cause: error },
        );
      }
      throw named;
    }
  }
}

/** Returns undefined for an entry that this version of the library did not write. */
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
  const isValid = typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256) &&
    Number.isSafeInteger(size) && (validator === undefined || typeof validator === "string");
  return isValid ? entry as unknown as Entry : undefined;
}
