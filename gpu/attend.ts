/**
 * Attention over spans of keys.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend.ts";
import { expectByteKeys } from "../ops/attend_operands.ts";
import type { OperandsOf } from "../ops/run.ts";
import { chunksOf, mergeChunks } from "./attend_chunks.ts";
import { attendKernel, attendTile, COLUMNS, TILE_ROWS } from "./attend_kernel.ts";
import { dropoutWords } from "./dropout_words.ts";
import { MOST_SPANS, SPAN_WORDS } from "./attend_operands_kernel.ts";
import type { Context, GpuKernel, GpuRoles } from "./kernel.ts";
import { type Command, floatWord, MOST_WORK } from "./machine/commands.ts";

/** Query rows and their key sources. */
type Part = OperandsOf<"attend", GpuRoles>["parts"][number];

/** Widest head: the sums of wider ones would not fit into registers. */
const WIDEST_HEAD = 256;

/** What a call is given. */
interface DroppingContext extends Context {
  /** WGSL of `keptEntries`, if weights are dropped; see attend_dropped.ts. */
  readonly kept?: string;
}

/** Keys, values and a mask that one call of the kernel binds, and ranges of them. */
interface List {
  readonly query: GPUBuffer;
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
  readonly mask: GPUBuffer | undefined;
  /** The number of the first entry, then the words of the span. */
  readonly spans: number[][];
}

/**
 * `softmax(q·k·scale)·v` over the keys that each query sees; see cpu/attend.ts.
 *
 * One call of the kernel binds two lists of keys, which suffices for LSG (tokens and sparse
 * entries). More lists, or a query mask, need a chain of calls that pass on their sums in `state`,
 * `[batch, rows, heads, width + 2]`. Few queries that see many keys of one list keep sums of each
 * chunk of keys, which another call adds up.
 */
export const attend: GpuKernel<"attend"> = (operands, result, shape, context: DroppingContext) => {
  const { batch, rows, heads, width } = shape;
  if (width > WIDEST_HEAD) {
    throw new RangeError(`attend: head width ${width}, wanted at most ${WIDEST_HEAD} on webgpu`);
  }
  if (shape.dropout && !context.kept) throw new Error("attend: wanted attendDropped");
  expectByteKeys(operands.parts, () => false);
  const query = operands.query.buffer;
  const queryMask = operands.queryMask?.buffer;
  const y = result.buffer;
  let sums: GPUBuffer | undefined;
  return operands.parts.flatMap((part) => {
    const lists = listsOf(query, part.sources);
    const chunks = lists.length === 1 && !context.kept ? countChunks(part, shape) : 1;
    if (chunks > 1) {
      const state = context.allocate(batch * part.count * heads * chunks * (width + 2));
      return [
        call({ query, queryMask, y }, part, lists, shape, context, {
          work: part.count * rowWork(part, shape),
          state,
          isFirst: true,
          isLast: false,
          chunks,
        }),
        mergeChunks({ state, queryMask, y }, shape, part, chunks),
      ];
    }
    const own = new Set(lists.map((list) => list.query));
    const isChain = lists.length > 2 || own.size > 1 || queryMask !== undefined;
    const calls = isChain ? lists.map((list) => [list]) : [lists];
    if (calls.length === 0) calls.push([]);
    return turnsOf(part, shape).flatMap((turn) =>
      calls.map((bound, i) =>
        call({ query, queryMask, y }, turn, bound, shape, context, {
          work: turn.count * rowWork(turn, shape) / calls.length,
          state: isChain
            ? sums ??= context.allocate(batch * rows * heads * (width + 2))
            : undefined,
          isFirst: i === 0,
          isLast: i === calls.length - 1,
          chunks: 1,
        })
      )
    );
  });
};

/** Into how many chunks the keys of a part's only list are divided; 1: they are not. */
function countChunks({ count, sources }: Part, { batch, heads }: AttendShape): number {
  if (count > TILE_ROWS) return 1;
  return chunksOf(Math.max(...sources.map((source) => source.count)), batch * heads);
}

/** Cuts a part into rows whose calls do not take too long. */
function turnsOf(part: Part, shape: AttendShape): Part[] {
  const most = Math.max(1, Math.floor(MOST_WORK / (TILE_ROWS * rowWork(part, shape)))) * TILE_ROWS;
  if (part.count <= most) return [part];
  return Array.from({ length: Math.ceil(part.count / most) }, (_, i) => ({
    ...part,
    first: part.first + i * most,
    position: part.position + i * most,
    count: Math.min(most, part.count - i * most),
  }));
}

/** Most multiply-adds of a query row of all sequences and heads. */
function rowWork({ sources }: Part, { batch, heads, width }: AttendShape): number {
  const keys = sources.flatMap(({ spans, count }) =>
    spans.map(({ start, end }) => Math.min(count, end - start))
  ).reduce((sum, seen) => sum + seen, 0);
  return 2 * keys * batch * heads * width;
}

/** The buffers that all calls bind. */
interface Buffers {
  readonly query: GPUBuffer;
  readonly queryMask: GPUBuffer | undefined;
  readonly y: GPUBuffer;
}

/** The position of a call in a chain. */
interface Link {
  /** Multiply-adds of the call, about. */
  readonly work: number;
  readonly state: GPUBuffer | undefined;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Chunks of keys. */
  readonly chunks: number;
}

/** One call of the kernel: all lists of a part, or a link of a chain. */
function call(
  { query, queryMask, y }: Buffers,
  { first, count, position }: Part,
  lists: readonly List[],
  { batch, rows, heads, width, keyHeads, scale, dropout }: AttendShape,
  { isEmulated, workgroupBytes, kept }: DroppingContext,
  { work, state, isFirst, isLast, chunks }: Link,
): Command {
  const [a, b = a] = lists;
  const spans = lists.flatMap(({ spans }, list) =>
    spans.map(([number, ...words]) => [...words, list, number])
  );
  const spanWords: number[] = new Array(MOST_SPANS * SPAN_WORDS).fill(0);
  spans.forEach((words, i) => spanWords.splice(i * SPAN_WORDS, words.length, ...words));
  const columns = Math.ceil(width / COLUMNS);
  const operands = (list: List | undefined) => {
    const { keys = query, values = query, mask = keys } = list ?? {};
    return [keys, values, mask];
  };
  // Bindings that the kernel does not read must still be bound.
  const second = state ? [queryMask ?? query] : operands(b);
  return {
    kernel: attendKernel({
      columns,
      ...attendTile(columns, workgroupBytes),
      unroll: isEmulated ? 1 : 2,
      isWhole: width % 4 === 0,
      isChain: state !== undefined,
      kept,
    }),
    words: [
      ...[rows, heads, width, keyHeads],
      ...[first, count, position, floatWord(scale)],
      ...[spans.length, isFirst ? 1 : 0, isLast ? 1 : 0, queryMask ? 1 : 0],
      ...[...dropoutWords(dropout), chunks],
      ...spanWords,
    ],
    buffers: [a?.query ?? query, ...operands(a), ...second, y, ...(state ? [state] : [])],
    groups: count === 0 ? [0, 0, 0] : [Math.ceil(count / TILE_ROWS) * chunks, heads, batch],
    work,
  };
}

/** Sources that share queries, keys and values, and a mask if they have one, form one list. */
function listsOf(query: GPUBuffer, sources: Part["sources"]): List[] {
  const lists: { -readonly [Name in keyof List]: List[Name] }[] = [];
  for (const { query: own, keys, values, rows, first, count, mask, number, ...source } of sources) {
    for (const { block, stride, start, end, causal } of source.spans) {
      const found = lists.find((list) =>
        list.query === (own?.buffer ?? query) && list.keys === keys.buffer &&
        list.values === values.buffer && list.spans.length < MOST_SPANS / 2 &&
        (!mask || !list.mask || list.mask === mask.buffer)
      );
      const list = found ?? {
        query: own?.buffer ?? query,
        keys: keys.buffer,
        values: values.buffer,
        mask: undefined,
        spans: [],
      };
      if (!found) lists.push(list);
      list.mask ??= mask?.buffer;
      const masked = mask ? (source.isPerHead ? 2 : 1) : 0;
      list.spans.push(
        [number, block, stride, start, end, causal ? 1 : 0, first, count, masked, rows],
      );
    }
  }
  return lists;
}
