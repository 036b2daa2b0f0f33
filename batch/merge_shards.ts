/**
 * What a plan adds to an earlier one.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { nodeModule } from "../base/node_module.ts";
import { showName, showValue } from "../base/show_value.ts";
import { describeFile, type FoundInput } from "./find_inputs.ts";
import type { ShardPart } from "./line_shards.ts";
import { type BatchInput, type BatchPlan, identityOf } from "./batch_plan.ts";
import type { Shard, ShardFile } from "./shard.ts";

/** Inputs and shards of a plan. */
export interface MergedShards {
  /** All inputs; those of the earlier plan keep their numbers. */
  readonly inputs: readonly BatchInput[];
  /** All shards, in the order of the inputs. */
  readonly shards: readonly Shard[];
  /** Whether anything differs from the earlier plan. */
  readonly isNew: boolean;
}

/**
 * Adds what was found to a plan. Inputs that were not named again stay as they were.
 *
 * @param out The batch's folder.
 * @param plan The earlier plan, or one without inputs.
 * @param old Its shards.
 * @param found What was found.
 * @returns Inputs and shards.
 * @throws {RangeError} If an input was planned with other fields.
 */
export async function mergeShards(
  out: string,
  plan: BatchPlan,
  old: readonly Shard[],
  found: readonly FoundInput[],
): Promise<MergedShards> {
  const inputs = [...plan.inputs];
  const shards = inputs.map((_, i) => old.filter(({ input }) => input === i));
  for (const { input, parts, files = [] } of found) {
    const isFiles = input.kind === "files";
    let number = inputs.findIndex(({ kind, path }) =>
      path === input.path && (kind === "files") === isFiles
    );
    if (number < 0) {
      number = inputs.push(input) - 1;
      shards.push([]);
    } else assertSame(inputs[number], input);
    const add = (part: ShardPart): Shard => ({
      // An input keeps the name that it was first given.
      id: shardId(out, plan, inputs[number], part),
      input: number,
      ...part,
    });
    if (parts) {
      shards[number] = parts.map(add);
      continue;
    }
    const elsewhere = pathsOfOthers(inputs, shards, number);
    const { kept, loose } = await sortFiles(input.path, shards[number], files, elsewhere);
    shards[number] = [...kept, ...cutFiles(loose, plan.shard_documents).map(add)];
  }
  const merged = shards.flat();
  const isNew = merged.length !== old.length || merged.some(({ id }, i) => id !== old[i].id);
  return { inputs, shards: merged, isNew };
}

/** Texts that shards of other folders hold: each is a document once. */
function pathsOfOthers(
  inputs: readonly BatchInput[],
  shards: readonly (readonly Shard[])[],
  number: number,
): ReadonlySet<string> {
  const { resolve } = nodeModule("node:path");
  return new Set(
    inputs.flatMap(({ path }, i) =>
      i === number
        ? []
        : shards[i].flatMap(({ files = [] }) => files.map(({ name }) => resolve(path, name)))
    ),
  );
}

/** Keeps the shards of texts that are as they were, and lists all texts that are in none. */
async function sortFiles(
  folder: string,
  old: readonly Shard[],
  files: readonly ShardFile[],
  elsewhere: ReadonlySet<string>,
): Promise<{ readonly kept: Shard[]; readonly loose: ShardFile[] }> {
  const { resolve } = nodeModule("node:path");
  const listed = new Map(files.map((file) => [file.name, file]));
  const look = async ({ name }: ShardFile): Promise<ShardFile | undefined> => {
    const found = listed.get(name);
    if (found) return found;
    try {
      return await describeFile(name, resolve(folder, name));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };
  const kept: Shard[] = [];
  const placed = new Set<string>();
  const loose = new Map<string, ShardFile>();
  for (const shard of old) {
    const now = await Promise.all(shard.files!.map(look));
    const isSame = shard.files!.every(({ size, modified }, i) =>
      now[i]?.size === size && now[i].modified === modified
    );
    if (isSame) kept.push(shard);
    for (const file of now) {
      if (isSame) placed.add(file!.name);
      else if (file) loose.set(file.name, file);
    }
  }
  for (const file of files) {
    if (!placed.has(file.name) && !elsewhere.has(resolve(folder, file.name))) {
      loose.set(file.name, file);
    }
  }
  return { kept, loose: [...loose.values()] };
}

function cutFiles(files: readonly ShardFile[], most: number): ShardPart[] {
  return Array.from({ length: Math.ceil(files.length / most) }, (_, i) => {
    const own = files.slice(i * most, (i + 1) * most);
    return { documents: own.length, files: own };
  });
}

/** Refuses to read an input in two ways. */
function assertSame(before: BatchInput, now: BatchInput): void {
  for (const name of ["kind", "field", "id_field"] as const) {
    if (before[name] === now[name]) continue;
    throw new RangeError(
      `Cannot plan ${showName(now.path)} with ${name} ${showValue(now[name])}: it was planned ` +
        `with ${showValue(before[name])}, wanted the same`,
    );
  }
}

function shardId(out: string, plan: BatchPlan, input: BatchInput, part: ShardPart): string {
  const { kind, field, id_field } = input;
  const hash = nodeModule("node:crypto").createHash("sha256");
  hash.update(canonical([identityOf(plan), [kind, nameOf(out, input), field, id_field], part]));
  return hash.digest("hex").slice(0, 32);
}

/** Names of texts start from a folder: from the batch's, as both may be moved together. */
function nameOf(out: string, { kind, path, name }: BatchInput): string {
  const { relative, resolve } = nodeModule("node:path");
  return kind === "files" ? relative(resolve(out), path) : name;
}

/** JSON with the keys of all objects in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      isJsonObject(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}
