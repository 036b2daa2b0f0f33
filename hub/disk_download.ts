/**
 * Downloads to disk: complete files, named by their SHA-256.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { appendToFile, ifPresent, makeFolder, openFile, writeNewFile } from "../checkpoint/disk.ts";
import { type Download, readDownload } from "./download.ts";
import type { Digest } from "./file_metadata.ts";
import { isSystemError } from "./permissions.ts";
import { ConnectionError } from "./retry.ts";

/** Bytes hashed at a time. */
const CHUNK = 2 ** 24;

/**
 * Milliseconds after which a partial file that nobody writes to is abandoned: longer than the attempts
 * of a download that still runs.
 */
const ABANDONED = 180_000;

/** A partial file. */
interface Part {
  readonly path: string;
  /** Length in bytes. */
  readonly size: number;
  /** Whether no process writes it any more. */
  readonly isAbandoned: boolean;
}

/**
 * Downloads a file, checks its hash and names it by its SHA-256.
 *
 * The bytes go to a partial file of this process alone. It starts as the longest partial file of the
 * same content: an abandoned one is taken over, one of a process that may still run is copied. After
 * an interruption it remains, abandoned, so that a later download can resume it. Other abandoned ones,
 * of this or another version of the file, are removed.
 *
 * @param folder Folder of the contents.
 * @param label The file's name as one path component, for people who look into the folder.
 * @param download The file.
 * @returns The SHA-256.
 * @throws {RangeError} If the content does not have the expected hash.
 * @throws {Error} With a code like "ENOSPC" if the disk fails.
 * @throws The signal's reason, if it is aborted.
 */
export async function saveContent(
  folder: string,
  label: string,
  download: Download,
): Promise<string> {
  const { copyFile, rename, rm, stat, utimes } = nodeModule("node:fs/promises");
  const { metadata: { identity, size, digest }, signal } = download;
  const key = `${label}-${identity === undefined ? "" : hashText(identity)}`;
  await makeFolder(folder);
  const part = `${folder}/${key}.${crypto.randomUUID()}.part`;
  // Without a length, only the first bytes tell when to stop: see LengthLimit.
  const isResumable = identity !== undefined && size !== undefined;
  const parts = await listParts(folder, `${label}-`);
  const longest = isResumable ? findLongest(parts, `${folder}/${key}.`, size) : undefined;
  if (longest !== undefined) {
    const now = new Date();
    // One of another user can be read only.
    const isTaken = longest.isAbandoned &&
      await utimes(longest.path, now, now).then(() => true, () => false);
    // Its owner may have finished and renamed it since.
    await ifPresent((isTaken ? rename : copyFile)(longest.path, part));
    await ifPresent(utimes(part, now, now));
  }
  for (const other of parts) {
    if (!other.isAbandoned || other === longest) continue;
    await rm(other.path, { force: true }).catch(() => {}); // another user's, perhaps
  }
  const resumed = await ifPresent(stat(part));
  const start = resumed?.size ?? 0;
  try {
    await (resumed ? appendToFile : writeNewFile)(part, readDownload(download, start));
    const sha256 = await hashFile(part, "sha256", signal);
    const isCorrect = digest === undefined ||
      digest.hex === (digest.kind === "sha256" ? sha256 : await hashFile(part, "git", signal));
    if (isCorrect) await rename(part, `${folder}/${sha256}`);
    // Partial files are now superseded, or corrupt. A process that loses its own finds the content.
    for (const { path } of await listParts(folder, `${key}.`)) await rm(path, { force: true });
    if (isCorrect) return sha256;
  } catch (error) {
    if ((error as { code?: string } | null)?.code === "ENOENT") {
      throw new ConnectionError(`Cannot finish ${part}: it was removed`, { cause: error });
    }
    // A part is useful only if its identity is known and its content was not found to be wrong. On
    // a full disk it must not stay: nothing else could be written.
    const isWrong = error instanceof RangeError || error instanceof SyntaxError;
    const isUseless = !isResumable || (!signal?.aborted && (isWrong || isSystemError(error)));
    // A time long ago says that it is abandoned.
    await (isUseless ? rm(part, { force: true }) : utimes(part, 0, 0)).catch(() => {});
    throw error;
  }
  const message = `Cannot use ${download.name}: its ${digest!.kind} hash does not match, wanted ${
    digest!.hex
  }`;
  // The resumed part may have been corrupt: download again from byte 0.
  throw start > 0 ? new ConnectionError(message) : new RangeError(message);
}

async function listParts(folder: string, prefix: string): Promise<Part[]> {
  const { readdir, stat } = nodeModule("node:fs/promises");
  const names = (await readdir(folder))
    .filter((name) => name.startsWith(prefix) && name.endsWith(".part"));
  const parts = await Promise.all(names.map(async (name) => {
    const path = `${folder}/${name}`;
    const found = await ifPresent(stat(path));
    if (!found?.isFile()) return undefined;
    return { path, size: found.size, isAbandoned: Date.now() - found.mtimeMs > ABANDONED };
  }));
  return parts.filter((part) => part !== undefined);
}

/** Finds the longest part of a content of some size. */
function findLongest(parts: readonly Part[], prefix: string, size: number): Part | undefined {
  return parts.filter((part) => part.path.startsWith(prefix) && part.size > 0 && part.size <= size)
    .sort((a, b) => b.size - a.size)[0];
}

function hashText(text: string): string {
  const { createHash } = nodeModule("node:crypto");
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

async function hashFile(
  path: string,
  kind: Digest["kind"],
  signal: AbortSignal | undefined,
): Promise<string> {
  const { createHash } = nodeModule("node:crypto");
  const file = await openFile(path);
  if (file === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
  const hash = createHash(kind === "git" ? "sha1" : "sha256");
  if (kind === "git") hash.update(`blob ${file.size}\0`);
  for (let start = 0; start < file.size; start += CHUNK) {
    signal?.throwIfAborted();
    hash.update(await file.read(start, Math.min(file.size, start + CHUNK)));
  }
  return hash.digest("hex");
}
