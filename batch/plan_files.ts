/**
 * Plans of a batch on the disk.
 *
 * @module
 */
import { parseJsonObject } from "../base/json.ts";
import { nodeModule } from "../base/node_module.ts";
import { showName } from "../base/show_value.ts";
import {
  flushFolder,
  listFolders,
  makeFolder,
  movePath,
  openFile,
  removePath,
  writeNewFile,
} from "../checkpoint/disk.ts";
import { type BatchPlan, checkPlan } from "./batch_plan.ts";
import { explainFullDisk } from "./errors.ts";
import { readLines } from "../tables/read_lines.ts";
import { parseShard, type Shard } from "./shard.ts";

/** Longest plan that is read: a million inputs. */
const LONGEST_PLAN = 2 ** 28;

/**
 * The folder of a batch's plans, which are numbered; the last counts. A folder is made under another
 * name and renamed, which fails if there is one, so two that plan at once never overwrite each other.
 *
 * @param out The batch's folder.
 * @param version Number of the plan; absent: the folder of all.
 * @returns The path.
 */
function planFolder(out: string, version?: number): string {
  const folder = `${out}/plan`;
  return version === undefined ? folder : `${folder}/${version}`;
}

/**
 * Finds the number of the last plan.
 *
 * @param out The batch's folder.
 * @returns The number; 0 if nothing was planned.
 */
export async function lastVersion(out: string): Promise<number> {
  const names = await listFolders(planFolder(out));
  return Math.max(0, ...names.filter((name) => /^[1-9]\d{0,8}$/.test(name)).map(Number));
}

/**
 * Reads the plan of a batch.
 *
 * @param out The batch's folder.
 * @returns The plan, with paths as this process can use them.
 * @throws {RangeError} If the folder has no plan.
 * @throws {SyntaxError} If the plan is malformed.
 */
export async function readPlan(out: string): Promise<BatchPlan> {
  const version = await lastVersion(out);
  if (version === 0) {
    throw new RangeError(`Cannot read ${showName(out)}: there is no batch, plan one first`);
  }
  const path = `${planFolder(out, version)}/plan.json`;
  const file = await openFile(path);
  if (file === undefined || file.size > LONGEST_PLAN) {
    throw new SyntaxError(
      `Cannot read ${showName(path)}: it is ${file === undefined ? "not there" : "too long"}`,
    );
  }
  const text = new TextDecoder().decode(await file.read(0, file.size));
  const plan = checkPlan(parseJsonObject(text, path), path);
  const { resolve } = nodeModule("node:path");
  const isFolder = /^\.{0,2}\//.test(plan.model.checkpoint);
  const checkpoint = isFolder ? resolve(out, plan.model.checkpoint) : plan.model.checkpoint;
  return {
    ...plan,
    version,
    model: { ...plan.model, checkpoint },
    inputs: plan.inputs.map((input) => ({ ...input, path: resolve(out, input.path) })),
  };
}

/**
 * Reads the shards of a batch, in the order of the inputs.
 *
 * @param out The batch's folder.
 * @param version Number of the plan; absent: the last.
 * @returns The shards, one by one.
 * @throws {RangeError} If the folder has no plan.
 * @throws {SyntaxError} If the list is malformed.
 */
export async function* readShards(out: string, version?: number): AsyncGenerator<Shard> {
  version ??= await lastVersion(out);
  const path = `${planFolder(out, version)}/shards.jsonl`;
  const file = version === 0 ? undefined : await openFile(path);
  if (file === undefined) {
    throw new RangeError(`Cannot read ${showName(out)}: there is no batch, plan one first`);
  }
  for await (const { line, bytes } of readLines(file, { at: 0, bytes: file.size, line: 1 })) {
    const where = `line ${line} of ${path}`;
    if (bytes === undefined) throw new SyntaxError(`Cannot read ${where}: it is too long`);
    yield parseShard(parseJsonObject(new TextDecoder().decode(bytes), where), where);
  }
}

/**
 * Writes a new plan, unless another process has just written one.
 *
 * @param out The batch's folder.
 * @param plan The plan; its version is the number of the one before, and 1.
 * @param shards The shards.
 * @returns Whether it was written; false: plan again, from what is there now.
 * @throws {DiskFullError} If the disk takes no more; nothing is left then.
 */
export async function writePlan(
  out: string,
  { version, ...plan }: BatchPlan,
  shards: readonly Shard[],
): Promise<boolean> {
  const { isAbsolute, relative } = nodeModule("node:path");
  await makeFolder(planFolder(out));
  const aside = `${planFolder(out)}/.writing-${crypto.randomUUID()}`;
  const from = (path: string) => relative(out, path).replaceAll("\\", "/") || ".";
  const { checkpoint } = plan.model;
  const stored = {
    ...plan,
    model: {
      ...plan.model,
      checkpoint: isAbsolute(checkpoint) ? dotted(from(checkpoint)) : checkpoint,
    },
    inputs: plan.inputs.map((input) => ({ ...input, path: from(input.path) })),
  };
  try {
    await makeFolder(aside);
    await writeNewFile(`${aside}/plan.json`, encode([JSON.stringify(stored, undefined, 1)]));
    await writeNewFile(
      `${aside}/shards.jsonl`,
      encode(shards.map((shard) => JSON.stringify(shard))),
    );
    await flushFolder(aside);
    try {
      await movePath(aside, planFolder(out, version));
      return true;
    } catch (error) {
      if (await lastVersion(out) < version) throw error;
      return false;
    }
  } catch (error) {
    throw explainFullDisk(error, aside);
  } finally {
    await removePath(aside);
  }
}

/** A path that does not look like a name on the hub. */
function dotted(path: string): string {
  return path.startsWith(".") || path.startsWith("/") ? path : `./${path}`;
}

function* encode(lines: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const line of lines) yield encoder.encode(`${line}\n`);
}
