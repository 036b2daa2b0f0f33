/**
 * Differences between two checkpoints.
 *
 * @module
 */
import { familyOf } from "../families/known_families.ts";
import { roundMatrix } from "../checkpoint/quantized_tensors.ts";
import { readCheckpoint } from "../checkpoint/read_checkpoint.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { Weights } from "../checkpoint/weights.ts";
import { escapeControls, formatTable, shorten } from "./table.ts";

/** Differences between a checkpoint and the one that it was converted from. */
export interface CheckpointChanges {
  /** Tensors that are new (`before` is null) or changed. */
  readonly tensors: readonly {
    readonly name: string;
    readonly before: readonly number[] | null;
    readonly after: readonly number[];
  }[];
  /** Number of unchanged tensors. */
  readonly unchanged: number;
  /** Removed tensors: tied copies and unused parts. */
  readonly left_out: readonly string[];
  /** Changed keys of the config; null if absent. */
  readonly config: readonly {
    readonly key: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
}

/**
 * Compares two checkpoints value by value; with matrices in 8 bits those that the original's round to.
 *
 * @param before The original.
 * @param after The conversion.
 * @returns All differences.
 */
export async function compareCheckpoints(
  before: CheckpointSource,
  after: CheckpointSource,
): Promise<CheckpointChanges> {
  const [old, made] = [await readCheckpoint(before), await readCheckpoint(after)];
  const { weightPrefix } = familyOf(old.config);
  // Old files name LayerNorm's parameters differently; bare models have no prefix.
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

/** Width of a line, and of the config's keys at most. */
const [WIDTH, KEY] = [100, 32];

/**
 * Formats changes for reading.
 *
 * @param changes The differences.
 * @returns A table of tensors and a table of config keys; long values are truncated.
 */
export function formatChanges({ tensors, unchanged, left_out, config }: CheckpointChanges): string {
  const dims = (list: readonly number[] | null) => list ? `[${list.join(", ")}]` : "-";
  const keys = config.map(({ key }) => shorten(key, KEY));
  // Three columns, separated by two spaces.
  const width = Math.floor((WIDTH - 4 - Math.max(...keys.map(({ length }) => length))) / 2);
  const value = (json: unknown) => json === null ? "-" : shorten(JSON.stringify(json), width);
  const tensorRows = tensors.map(({ name, before, after }) => [
    escapeControls(name),
    dims(before),
    dims(after),
  ]);
  const keyRows = config.map(({ before, after }, i) => [keys[i], value(before), value(after)]);
  const leftOut = left_out.length > 0 ? `; left out: ${left_out.join(", ")}` : "";
  return [
    formatTable([["tensor", "before", "after"], ...tensorRows]),
    `${unchanged} tensors are unchanged${escapeControls(leftOut)}.\n\n`,
    formatTable([["config", "before", "after"], ...keyRows]),
  ].join("");
}

async function isSame(a: Weights, nameInA: string, b: Weights, nameInB: string): Promise<boolean> {
  if (String(a.dims(nameInA)) !== String(b.dims(nameInB))) return false;
  const integers = await b.loadQuantized?.(nameInB);
  if (integers) {
    const rounded = await roundMatrix(a, nameInA);
    return integers.steps.every((step, i) => step === rounded.steps[i]) &&
      integers.values.every((value, i) => value === rounded.values[i]);
  }
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
