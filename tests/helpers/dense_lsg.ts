/** Dense references of LSG attention and the stand-alone layer (sections 2.1 to 2.4). */
import type { SparsityType } from "../../attention/mod.ts";
import { attendDensely, type Dense, exact, headRow, type Pair, range } from "./dense.ts";
import { type DenseInput, isVisible } from "./dense_patterns.ts";
import { denseSparseList, type Entry } from "./dense_sparse_list.ts";

/** Sizes and parameters as in the specification. */
export interface DenseLsgShape {
  readonly batch: number;
  readonly tokens: number;
  readonly heads: number;
  readonly width: number;
  readonly block: number;
  readonly sparseBlock: number;
  readonly factor: number;
  readonly type: SparsityType;
  readonly causal: boolean;
  /** Projections of `lsh`, one `[heads, width, columns]` per round. */
  readonly projections?: readonly Float32Array[];
}

/** Output with the smallest relative gap between a selected and a rejected token. */
export interface DenseLsg extends Dense {
  readonly gap: number;
}

/** Inputs with queries, keys and values of the globals, `[batch, globals, heads·width]`. */
export interface DenseLsgInput extends DenseInput {
  readonly globalQuery: Float32Array;
  readonly globalKey: Float32Array;
  readonly globalValue: Float32Array;
}

/** LSG attention with prepended globals; the first rows of the result are the globals. */
export function denseLsg(input: DenseLsgInput, shape: DenseLsgShape, globals: number): DenseLsg {
  const { batch, tokens, heads, width, causal } = shape;
  const lists = sparseLists(input, shape);
  const output = attendDensely({ batch, rows: globals + tokens, heads, width }, (b, row, h) => {
    const i = row - globals;
    const query = i < 0
      ? headRow(input.globalQuery, b * globals + row, h, heads, width)
      : headRow(input.query, b * tokens + i, h, heads, width);
    const globalKeys = range(0, globals).map((g) => ({
      key: exact(headRow(input.globalKey, b * globals + g, h, heads, width)),
      value: exact(headRow(input.globalValue, b * globals + g, h, heads, width)),
    }));
    if (i >= 0) {
      return pairsOf(query, [...globalKeys, ...regularKeys(input, shape, lists, b, i, h)]);
    }
    if (causal) return pairsOf(query, globalKeys);
    return pairsOf(query, [...globalKeys, ...tokenKeys(input, shape, b, h, range(0, tokens))]);
  });
  return { ...output, gap: lists.gap };
}

/** The stand-alone layer, for arrays `[batch, tokens, heads·width]`. */
export function denseLsgLayer(
  input: DenseInput,
  shape: DenseLsgShape,
  globalToken: boolean,
): DenseLsg {
  const { batch, tokens, heads, width, block, causal } = shape;
  const global = globalToken && tokens > 2 * block;
  // As an ordinary token, the global one is masked.
  const mask = Int32Array.from(
    { length: batch * tokens },
    (_, i) => (global && i % tokens === 0) || !isVisible(input.mask, i) ? 0 : 1,
  );
  const regular = { ...input, mask };
  const lists = sparseLists(regular, shape);
  const output = attendDensely({ batch, rows: tokens, heads, width }, (b, i, h) => {
    const query = headRow(input.query, b * tokens + i, h, heads, width);
    const self = tokenKeys({ ...input, mask: undefined }, shape, b, h, [0]);
    if (!global) return pairsOf(query, regularKeys(regular, shape, lists, b, i, h));
    if (i > 0) return pairsOf(query, [...self, ...regularKeys(regular, shape, lists, b, i, h)]);
    if (causal) return pairsOf(query, self);
    return pairsOf(query, [...self, ...tokenKeys(regular, shape, b, h, range(0, tokens))]);
  });
  return { ...output, gap: lists.gap };
}

type Key = NonNullable<Entry>;

interface Lists {
  of(b: number, h: number): Entry[];
  readonly gap: number;
}

function pairsOf(query: number[], keys: Key[]): Pair[] {
  return keys.map((key) => ({ query: exact(query), ...key }));
}

/** Lists the keys of the visible tokens at some positions. */
function tokenKeys(
  input: DenseInput,
  { tokens, heads, width }: DenseLsgShape,
  b: number,
  h: number,
  positions: number[],
): Key[] {
  return positions
    .filter((t) => t >= 0 && t < tokens && isVisible(input.mask, b * tokens + t))
    .map((t) => ({
      key: exact(headRow(input.key, b * tokens + t, h, heads, width)),
      value: exact(headRow(input.value, b * tokens + t, h, heads, width)),
    }));
}

/** Lists the keys that token `i` sees besides the globals (second row of the table in 2.1). */
function regularKeys(
  input: DenseInput,
  shape: DenseLsgShape,
  lists: Lists,
  b: number,
  i: number,
  h: number,
): Key[] {
  const { tokens, block, sparseBlock, factor, causal } = shape;
  if (tokens <= 2 * block) {
    return tokenKeys(input, shape, b, h, range(0, causal ? i + 1 : tokens));
  }
  const j = Math.floor(i / block);
  const r = block / factor;
  const local = range((j - 1) * block, causal ? i + 1 : (j + 2) * block);
  const left = range((j - 1) * r - sparseBlock, (j - 1) * r);
  const right = causal ? [] : range((j + 2) * r, (j + 2) * r + sparseBlock);
  const entries = hasSparsePart(shape)
    ? [...left, ...right].map((e) => lists.of(b, h)[e] ?? null)
    : [];
  return [
    ...tokenKeys(input, shape, b, h, local),
    ...entries.filter((entry) => entry !== null),
  ];
}

function hasSparsePart({ type, sparseBlock, factor }: DenseLsgShape): boolean {
  return type !== "none" && sparseBlock > 0 && factor > 0;
}

/** Makes the sparse list of each head of each sequence. */
function sparseLists(input: DenseInput, shape: DenseLsgShape): Lists {
  const { batch, tokens, heads, width, block, projections = [] } = shape;
  if (tokens <= 2 * block || !hasSparsePart(shape)) return { of: () => [], gap: Infinity };
  const padded = range(0, Math.ceil(tokens / block) * block);
  const lists = range(0, batch).map((b) =>
    range(0, heads).map((h) => {
      const row = (x: Float32Array, t: number) =>
        t < tokens ? headRow(x, b * tokens + t, h, heads, width) : new Array<number>(width).fill(0);
      return denseSparseList({
        keys: padded.map((t) => row(input.key, t)),
        values: padded.map((t) => row(input.value, t)),
        visible: padded.map((t) => t < tokens && isVisible(input.mask, b * tokens + t)),
        firstQuery: row(input.query, 0),
      }, {
        ...shape,
        head: h,
        projections: projections.map((projection) => matrixOf(projection, h, heads, width)),
      });
    })
  );
  return {
    of: (b, h) => lists[b][h].entries,
    gap: Math.min(...lists.flat().map(({ gap }) => gap)),
  };
}

/** Copies the rows of head `h` from `[heads, width, columns]`. */
function matrixOf(x: Float32Array, h: number, heads: number, width: number): number[][] {
  const columns = x.length / (heads * width);
  return range(0, width).map((d) => headRow(x, h * width + d, 0, 1, columns));
}
