/**
 * What workers leave: a folder for each shard that is done.
 *
 * @module
 */
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { nodeModule } from "../base/node_module.ts";
import { showName, showValue } from "../base/show_value.ts";
import {
  flushFolder,
  isFolder,
  listFiles,
  listFolders,
  makeFolder,
  movePath,
  openFile,
  removePath,
  writeNewFile,
} from "../checkpoint/disk.ts";
import { explainFullDisk } from "./errors.ts";
import type { Shard } from "./shard.ts";

/** What is told of a shard that is done. */
export interface ShardReport {
  /** The shard. */
  readonly id: string;
  /** Number of documents, those that failed included. */
  readonly documents: number;
  /** Documents that failed: they are in `errors.jsonl`. */
  readonly failed: number;
  /** Tokens that the model read. */
  readonly tokens: number;
  /** Seconds that it took. */
  readonly seconds: number;
  /** Who did it. */
  readonly worker: string;
  /** When it was done, in ISO 8601. */
  readonly finished: string;
  /** SHA-256 of each file, by its name. */
  readonly files: Readonly<Record<string, string>>;
}

/** A file of a shard's results. */
export type ShardContent = readonly [
  name: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
];

/** Why a shard was given up. */
export interface FailedShard {
  /** The shard. */
  readonly id: string;
  /** The reason of the last failure. */
  readonly reason: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** When it was given up, in ISO 8601. */
  readonly failed: string;
}

/**
 * The folder of a shard's results, which is there if and only if the shard is done.
 *
 * @param out The batch's folder.
 * @param id The shard.
 * @returns The path.
 */
export function partFolder(out: string, id: string): string {
  return `${out}/parts/part-${id}`;
}

/**
 * Tells whether a shard is done.
 *
 * @param out The batch's folder.
 * @param shard The shard.
 * @returns Whether its results are there, all of them.
 */
export function isDone(out: string, { id }: Pick<Shard, "id">): Promise<boolean> {
  return isFolder(partFolder(out, id));
}

/**
 * Lists the shards that are done.
 *
 * @param out The batch's folder.
 * @returns Their ids; some may be of earlier plans.
 */
export async function listDone(out: string): Promise<Set<string>> {
  const names = await listFolders(`${out}/parts`);
  return new Set(names.flatMap((name) => name.match(/^part-([0-9a-f]{32})$/)?.[1] ?? []));
}

/**
 * Writes the results of a shard: into a folder of another name, which is renamed in the end. If
 * another worker was faster, its results stay.
 *
 * @param out The batch's folder.
 * @param report What is told of it, but the files.
 * @param contents The files.
 * @returns The report that is there now.
 * @throws {DiskFullError} If the disk takes no more; nothing is left then.
 */
export async function writeShard(
  out: string,
  report: Omit<ShardReport, "files">,
  contents: readonly ShardContent[],
): Promise<ShardReport> {
  const target = partFolder(out, report.id);
  const aside = `${out}/writing/${report.id}-${crypto.randomUUID()}`;
  const files: Record<string, string> = {};
  try {
    await makeFolder(aside);
    await makeFolder(`${out}/parts`);
    for (const [name, chunks] of contents) {
      const hash = nodeModule("node:crypto").createHash("sha256");
      await writeNewFile(`${aside}/${name}`, observe(chunks, (chunk) => hash.update(chunk)));
      files[name] = hash.digest("hex");
    }
    await writeNewFile(`${aside}/done.json`, [encode({ ...report, files })]);
    await flushFolder(aside);
    await movePath(aside, target);
  } catch (error) {
    if (!await isFolder(target)) throw explainFullDisk(error, target);
  } finally {
    await removePath(aside);
  }
  // Killed workers leave what they were writing.
  for (const name of await listFolders(`${out}/writing`)) {
    if (name.startsWith(report.id)) await removePath(`${out}/writing/${name}`);
  }
  return await readReport(out, report.id);
}

/** Passes chunks on. */
async function* observe(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  onChunk: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onChunk(chunk);
    yield chunk;
  }
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

/**
 * Reads what is told of a shard that is done.
 *
 * @param out The batch's folder.
 * @param id The shard.
 * @returns The report.
 * @throws {RangeError} If the shard is not done.
 * @throws {SyntaxError} If the report is malformed.
 */
export async function readReport(out: string, id: string): Promise<ShardReport> {
  const path = `${partFolder(out, id)}/done.json`;
  const given = await readSmall(path);
  if (given === undefined) throw new RangeError(`Cannot read ${showName(path)}: it is not there`);
  const { documents, failed, tokens, seconds, worker, finished, files } = given;
  const areCounts = [documents, failed, tokens].every((count) =>
    Number.isSafeInteger(count) && Number(count) >= 0
  );
  const isReport = given.id === id && areCounts && typeof seconds === "number" &&
    typeof worker === "string" && typeof finished === "string" && isJsonObject(files) &&
    Object.entries(files).every(([name, hash]) =>
      /^[\w.]+$/.test(name) && typeof hash === "string"
    );
  if (isReport) return given as unknown as ShardReport;
  throw new SyntaxError(`Cannot read ${showName(path)}: wanted a report, got ${showValue(given)}`);
}

/**
 * Removes the results of a shard, so that it is done again.
 *
 * @param out The batch's folder.
 * @param id The shard.
 */
export async function removePart(out: string, id: string): Promise<void> {
  const aside = `${out}/writing/${id}-${crypto.randomUUID()}`;
  await makeFolder(`${out}/writing`);
  await movePath(partFolder(out, id), aside);
  await removePath(aside);
}

/**
 * Notes that a shard is given up.
 *
 * @param out The batch's folder.
 * @param shard The shard, why, and after how many attempts.
 */
export async function noteFailed(
  out: string,
  shard: Omit<FailedShard, "failed">,
): Promise<void> {
  const failed = new Date().toISOString();
  const aside = `${out}/failed/.writing-${crypto.randomUUID()}`;
  const path = `${out}/failed/${shard.id}.json`;
  try {
    await makeFolder(`${out}/failed`);
    await writeNewFile(aside, [encode({ ...shard, reason: shard.reason.slice(0, 2000), failed })]);
    await movePath(aside, path);
  } catch (error) {
    await removePath(aside);
    throw explainFullDisk(error, path);
  }
}

/**
 * Forgets that a shard was given up.
 *
 * @param out The batch's folder.
 * @param id The shard.
 */
export function forgetFailed(out: string, id: string): Promise<void> {
  return removePath(`${out}/failed/${id}.json`);
}

/**
 * Lists the shards that were given up.
 *
 * @param out The batch's folder.
 * @returns The shards by their ids; some may be done since, or of earlier plans.
 */
export async function listFailed(out: string): Promise<Map<string, FailedShard>> {
  const found = new Map<string, FailedShard>();
  for (const name of await listFiles(`${out}/failed`)) {
    const id = name.match(/^([0-9a-f]{32})\.json$/)?.[1];
    const given = id && await readSmall(`${out}/failed/${name}`);
    if (!given) continue;
    const { reason, attempts, failed } = given;
    found.set(id, {
      id,
      reason: String(reason),
      attempts: Number(attempts),
      failed: String(failed),
    });
  }
  return found;
}

/** Reads an object of JSON; undefined if there is none, as another process may just have removed it. */
async function readSmall(path: string): Promise<Record<string, unknown> | undefined> {
  const file = await openFile(path);
  if (file === undefined) return undefined;
  if (file.size > 65536) throw new SyntaxError(`Cannot read ${showName(path)}: it is too long`);
  return parseJsonObject(new TextDecoder().decode(await file.read(0, file.size)), path);
}
