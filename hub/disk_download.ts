/**
 * From a server to a file that is whole and checked.
 *
 * @module
 */
import { appendToFile, ifPresent, makeFolder, openFile } from "../checkpoint/disk.ts";
import { type Download, readDownload } from "./download.ts";
import { ConnectionError } from "./patience.ts";
import type { Digest } from "./remote_file.ts";

/** Bytes hashed at a time. */
const CHUNK = 2 ** 24;

/**
 * Fetches a file and gives it the name of its SHA-256.
 *
 * It is written to a file of this process alone, which begins with a copy of what another
 * process, alive or dead, has got of the same content. What is left of an attempt stays for the
 * next one.
 *
 * @param folder Where contents are.
 * @param label The file's name as one part of a path, for people who look into the folder.
 * @param download The file.
 * @returns The SHA-256.
 * @throws {RangeError} If the content has not the hash that it should have.
 */
export async function saveContent(
  folder: string,
  label: string,
  download: Download,
): Promise<string> {
  const { copyFile, rename, rm, stat } = await import("node:fs/promises");
  const { identity, size, digest } = download.facts;
  const key = `${label}-${identity === undefined ? "" : await hashText(identity)}`;
  await makeFolder(folder);
  const part = `${folder}/${key}.${crypto.randomUUID()}.part`;
  const left = identity === undefined ? undefined : await longestPart(folder, key, size);
  // Its owner may have finished and renamed it by now.
  if (left !== undefined) await ifPresent(copyFile(left, part));
  const start = (await ifPresent(stat(part)))?.size ?? 0;
  try {
    await appendToFile(part, readDownload(download, start));
    const sha256 = await hashFile(part, "sha256");
    const isRight = digest === undefined ||
      digest.hex === (digest.kind === "sha256" ? sha256 : await hashFile(part, "git"));
    if (isRight) await rename(part, `${folder}/${sha256}`);
    // Done with, or wrong from the start. A process that loses its part finds the whole file.
    for (const other of await partsOf(folder, key)) await rm(other, { force: true });
    if (isRight) return sha256;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") {
      throw new ConnectionError(`Cannot finish ${part}: it was removed`, { cause: error });
    }
    // Without an identity nobody can go on from here, and after a wrong content nobody should.
    const isUseless = identity === undefined || error instanceof RangeError ||
      error instanceof SyntaxError;
    if (isUseless) await rm(part, { force: true });
    throw error;
  }
  const message = `Cannot use ${download.name}: its ${digest!.kind} hash is not ${digest!.hex}`;
  // What was there before may have been the wrong part.
  throw start > 0 ? new ConnectionError(message) : new RangeError(message);
}

async function partsOf(folder: string, key: string): Promise<string[]> {
  const { readdir } = await import("node:fs/promises");
  return (await readdir(folder))
    .filter((name) => name.startsWith(`${key}.`) && name.endsWith(".part"))
    .map((name) => `${folder}/${name}`);
}

async function longestPart(
  folder: string,
  key: string,
  size = Infinity,
): Promise<string | undefined> {
  const parts = await Promise.all((await partsOf(folder, key)).map((path) => openFile(path)));
  return parts.filter((part) => part !== undefined && part.size > 0 && part.size <= size)
    .sort((a, b) => b!.size - a!.size)[0]?.name;
}

async function hashText(text: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

async function hashFile(path: string, kind: Digest["kind"]): Promise<string> {
  const { createHash } = await import("node:crypto");
  const file = await openFile(path);
  if (file === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
  const hash = createHash(kind === "git" ? "sha1" : "sha256");
  if (kind === "git") hash.update(`blob ${file.size}\0`);
  for (let start = 0; start < file.size; start += CHUNK) {
    hash.update(await file.read(start, Math.min(file.size, start + CHUNK)));
  }
  return hash.digest("hex");
}
