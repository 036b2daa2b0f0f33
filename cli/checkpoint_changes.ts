/**
 * What sets two checkpoints apart.
 *
 * @module
 */
import { FAMILIES } from "../families/families.ts";
import { readCheckpoint } from "../checkpoint/read_checkpoint.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { Weights } from "../checkpoint/weights.ts";
import { printable, shortened, table } from "./table.ts";

/** What sets a checkpoint apart from the one that it was made of. */
export interface CheckpointChanges {
  /** Tensors that are new (`before` null) or other than they were. */
  readonly tensors: readonly {
    readonly name: string;
    readonly before: readonly number[] | null;
    readonly after: readonly number[];
  }[];
  /** How many tensors are what they were. */
  readonly unchanged: number;
  /** Tensors that are no more: tied copies, parts that do not run. */
  readonly left_out: readonly string[];
  /** Keys of the config; null where there is none. */
  readonly config: readonly {
    readonly key: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
}

/**
 * Compares two checkpoints, value for value.
 *
 * @param before The original.
 * @param after What was made of it.
 * @returns All that differs.
 */
export async function checkpointChanges(
  before: CheckpointSource,
  after: CheckpointSource,
): Promise<CheckpointChanges> {
  const [old, made] = [await readCheckpoint(before), await readCheckpoint(after)];
  const { weightPrefix } = FAMILIES[old.config.model_type];
  // Old files have other names for LayerNorm's parameters, bare models no prefix.
  const plain = (name: string) =>
    (name.startsWith(weightPrefix) ? name.slice(weightPrefix.length) : name)
      .replace(/\.gamma$/, ".weight").replace(/\.beta$/, ".bias");
  const oldNames = new Map(old.weights.names().map((name) => [plain(name), name]));
  const names = made.weights.names().sort();
  const tensors: CheckpointChanges["tensors"][number][] = [];
  for (const name of names) {
    const oldName = oldNames.get(plain(name));
    oldNames.delete(plain(name));
    if (oldName === undefined) {
      tensors.push({ name, before: null, after: made.weights.dims(name) });
    } else if (!await isSame(old.weights, oldName, made.weights, name)) {
      tensors.push({ name, before: old.weights.dims(oldName), after: made.weights.dims(name) });
    }
  }
  return {
    tensors,
    unchanged: names.length - tensors.length,
    left_out: [...oldNames.values()].sort(),
    config: configChanges(old.config.raw, made.config.raw),
  };
}

/** Columns of a line, and of a config's key at most. */
const [WIDTH, KEY] = [100, 32];

/**
 * The changes for people to read.
 *
 * @param changes What sets two checkpoints apart.
 * @returns Two tables: of tensors and of the config's keys. What is too long for a line is cut.
 */
export function changesText({ tensors, unchanged, left_out, config }: CheckpointChanges): string {
  const dims = (list: readonly number[] | null) => list ? `[${list.join(", ")}]` : "-";
  const keys = config.map(({ key }) => shortened(key, KEY));
  // Three cells, two spaces between them.
  const room = Math.floor((WIDTH - 4 - Math.max(...keys.map(({ length }) => length))) / 2);
  const value = (json: unknown) => json === null ? "-" : shortened(JSON.stringify(json), room);
  const tensorRows = tensors.map(({ name, before, after }) => [
    printable(name),
    dims(before),
    dims(after),
  ]);
  const keyRows = config.map(({ before, after }, i) => [keys[i], value(before), value(after)]);
  const leftOut = left_out.length > 0 ? `; left out: ${left_out.join(", ")}` : "";
  return [
    table([["tensor", "before", "after"], ...tensorRows]),
    `${unchanged} tensors are what they were${printable(leftOut)}.\n\n`,
    table([["config", "before", "after"], ...keyRows]),
  ].join("");
}

async function isSame(a: Weights, nameInA: string, b: Weights, nameInB: string): Promise<boolean> {
  if (String(a.dims(nameInA)) !== String(b.dims(nameInB))) return false;
  const [left, right] = [await a.load(nameInA), await b.load(nameInB)];
  return left.every((value, i) => value === right[i]);
}

function configChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): CheckpointChanges["config"] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const get = (raw: Readonly<Record<string, unknown>>, key: string) =>
    Object.hasOwn(raw, key) ? raw[key] : null;
  return keys
    .map((key) => ({ key, before: get(before, key), after: get(after, key) }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
}
