/** Dense reference of the sparse list (section 2.2) for one head of one sequence, in float64. */
import type { SparsityType } from "../../attention/mod.ts";
import { dot, exact, range, rounded, type Vector } from "./dense.ts";

/** Tokens of one head, padded with masked ones to a multiple of the block size. */
export interface HeadTokens {
  readonly keys: readonly number[][];
  readonly values: readonly number[][];
  readonly visible: readonly boolean[];
  /** Query of the first token. */
  readonly firstQuery: readonly number[];
}

/** Parameters of the list. */
export interface ListShape {
  readonly type: SparsityType;
  readonly block: number;
  readonly sparseBlock: number;
  readonly factor: number;
  /** Index of the head. */
  readonly head: number;
  /** Projections of `lsh` for the head, `[width][columns]` per round. */
  readonly projections: readonly number[][][];
}

/** An entry; null if masked. */
export type Entry = { readonly key: Vector; readonly value: Vector } | null;

/** Entries, and the smallest relative gap between a selected and a rejected token. */
export interface DenseList {
  readonly entries: Entry[];
  readonly gap: number;
}

/** Selects the entries. */
export function denseSparseList(tokens: HeadTokens, shape: ListShape): DenseList {
  const { type, block, sparseBlock, factor, head } = shape;
  const padded = tokens.keys.length;
  const chunk = Math.min(block, sparseBlock);
  const copy = (t: number): Entry =>
    tokens.visible[t] ? { key: exact(tokens.keys[t]), value: exact(tokens.values[t]) } : null;
  const copies = (positions: number[]): DenseList => ({
    entries: positions.map(copy),
    gap: Infinity,
  });
  const groups = range(0, padded / factor).map((g) => range(g * factor, (g + 1) * factor));
  const chunks = range(0, padded / chunk).map((c) => range(c * chunk, (c + 1) * chunk));

  if (factor === 1) return copies(range(0, padded));
  switch (type) {
    case "stride":
      return copies(range(0, padded / factor).map((i) => i * factor + head % factor));
    case "block_stride": {
      const perBlock = block / factor;
      return copies(
        range(0, padded / block).flatMap((j) =>
          range(0, perBlock).map((i) => j * block + (head * perBlock + i) % block)
        ),
      );
    }
    case "norm": {
      const chosen = chunks.map((positions) => longest(tokens, positions, chunk / factor));
      return {
        entries: chosen.flatMap(({ positions }) => positions.map(copy)),
        gap: Math.min(...chosen.map(({ gap }) => gap)),
      };
    }
    case "pooling":
      return {
        entries: groups.map((group) => mean(tokens, group, () => 1, 1e-6)),
        gap: Infinity,
      };
    case "bos_pooling":
      return bosPooling(tokens, groups);
    case "lsh": {
      if (factor === sparseBlock) return bosPooling(tokens, groups);
      const hashed = chunks.map((positions) => hashChunk(tokens, positions, shape, chunk));
      return {
        entries: hashed.flatMap(({ entries }) => entries),
        gap: Math.min(...hashed.map(({ gap }) => gap)),
      };
    }
    case "none":
      return { entries: [], gap: Infinity };
  }
}

function longest(tokens: HeadTokens, positions: number[], count: number) {
  const norm = (t: number) =>
    tokens.visible[t] ? Math.sqrt(dot(tokens.keys[t], tokens.keys[t])) : 0;
  const order = positions.toSorted((s, t) => norm(t) - norm(s) || s - t);
  const [last, next] = [norm(order[count - 1]), norm(order[count])];
  return {
    positions: order.slice(0, count).sort((s, t) => s - t),
    gap: last === 0 ? Infinity : (last - next) / last,
  };
}

function bosPooling(tokens: HeadTokens, groups: number[][]): DenseList {
  const score = (t: number) =>
    dot(tokens.firstQuery, tokens.keys[t]) / Math.sqrt(tokens.firstQuery.length);
  const weight = (t: number) => Math.exp(score(t));
  return { entries: groups.map((group) => mean(tokens, group, weight, 0)), gap: Infinity };
}

/** Computes `Σ w·x / (Σ w + epsilon)` over the visible tokens of a group. */
function mean(
  tokens: HeadTokens,
  group: number[],
  weight: (t: number) => number,
  epsilon: number,
): Entry {
  const positions = group.filter((t) => tokens.visible[t]);
  if (positions.length === 0) return null;
  const weights = positions.map(weight);
  const total = weights.reduce((a, b) => a + b) + epsilon;
  const average = (rows: readonly number[][]) =>
    rounded(exact(rows[0].map((_, d) => dot(weights, positions.map((t) => rows[t][d])) / total)));
  return { key: average(tokens.keys), value: average(tokens.values) };
}

/** Hashes groups of tokens, initially single ones; the key of a group is the sum of its members. */
function hashChunk(
  tokens: HeadTokens,
  positions: number[],
  { projections, factor }: ListShape,
  chunk: number,
): DenseList {
  let groups = positions.filter((t) => tokens.visible[t]).map((t) => [t]);
  let gap = Infinity;
  projections.forEach((projection, round) => {
    const count = round === projections.length - 1 ? chunk / factor : chunk;
    const buckets: number[][] = range(0, count).map(() => []);
    for (const group of groups) {
      const key = tokens.keys[0].map((_, d) =>
        group.reduce((sum, t) => sum + tokens.keys[t][d], 0)
      );
      const length = Math.sqrt(dot(key, key));
      const projected = projection[0].map((_, c) =>
        dot(key.map((x) => x / length), projection.map((row) => row[c]))
      );
      const signed = [...projected, ...projected.map((x) => -x)];
      const [first = 0, second = -Infinity] = signed.toSorted((x, y) => y - x);
      gap = Math.min(gap, (first - second) / Math.abs(first || 1));
      buckets[Math.max(0, signed.indexOf(first))].push(...group);
    }
    groups = buckets.filter((bucket) => bucket.length > 0 || round === projections.length - 1);
  });
  return { entries: groups.map((group) => mean(tokens, group, () => 1, 1e-8)), gap };
}
