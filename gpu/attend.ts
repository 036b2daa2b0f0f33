/**
 * Attention over spans of keys.
 *
 * @module
 */
import type { AttendPart, KeySource } from "../ops/attend_plan.ts";
import type { TakeScratch } from "./machine/buffers.ts";
import { attendKernel, KEYS } from "./attend_kernel.ts";
import { MOST_SPANS, SPAN_WORDS } from "./attend_operands_kernel.ts";
import { type Command, floatWord } from "./machine/commands.ts";

/** A key source's buffers and the rows that a sequence has there. */
export interface GpuRows {
  /** The values, `[batch, rows, heads·width]`. */
  readonly buffer: GPUBuffer;
  /** Rows of each sequence. */
  readonly rows: number;
}

/** A mask's buffer. */
export interface GpuMask {
  /** `[batch, count]` or `[batch, heads, count]`. */
  readonly buffer: GPUBuffer;
  /** Whether each head has its own. */
  readonly isPerHead: boolean;
}

/** Query rows and what they see, as buffers. */
export type GpuAttendPart = AttendPart<GpuRows, GpuMask>;

type GpuSource = KeySource<GpuRows, GpuMask>;

/** Sizes and the rest that holds for all parts. */
export interface GpuAttendShape {
  /** Sequences. */
  readonly batch: number;
  /** Query rows of each sequence. */
  readonly rows: number;
  /** Heads of the queries. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
  /** Heads of keys and values. */
  readonly keyHeads: number;
  /** Factor of `q·k`. */
  readonly scale: number;
  /** `[batch, rows]`, or undefined. */
  readonly queryMask: GPUBuffer | undefined;
}

/** Workgroups that keep a large graphics processor busy: fewer tiles are made smaller. */
const ENOUGH_GROUPS = 256;

/** Widest head: the sums of wider ones would not fit into registers. */
const WIDEST_HEAD = 256;

/** Keys, values and a mask that one call of the kernel binds, and ranges of them. */
interface List {
  readonly query: GPUBuffer;
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
  readonly mask: GPUBuffer | undefined;
  readonly spans: number[][];
}

/**
 * `softmax(q·k·scale)·v` over the keys that each query sees; see cpu/attend.ts.
 *
 * One call of the kernel binds two lists of keys, which serves LSG (tokens and sparse entries) and
 * everything with fewer lists. What needs more, as a query mask does, is a chain of calls that hand
 * on their sums in `state`.
 *
 * @param query `[batch, rows, heads·width]`.
 * @param y `[batch, rows, heads·width]`.
 * @param parts Which rows see which keys; rows of no part get zeros.
 * @param shape Sizes.
 * @param take Takes room for sums between calls, `[batch, rows, heads, width + 2]`.
 * @returns The operations.
 * @throws {RangeError} If a head is too wide.
 */
export function attend(
  query: GPUBuffer,
  y: GPUBuffer,
  parts: readonly GpuAttendPart[],
  shape: GpuAttendShape,
  take: TakeScratch,
): Command[] {
  const { batch, rows, heads, width } = shape;
  if (width > WIDEST_HEAD) {
    throw new RangeError(`attend: head width ${width}, wanted at most ${WIDEST_HEAD} on webgpu`);
  }
  let sums: GPUBuffer | undefined;
  return [...parts, ...gaps(parts, rows)].flatMap((part) => {
    const lists = listsOf(query, part.sources);
    const own = new Set(lists.map((list) => list.query));
    const isChain = lists.length > 2 || own.size > 1 || shape.queryMask !== undefined;
    const calls = isChain ? lists.map((list) => [list]) : [lists];
    if (calls.length === 0) calls.push([]);
    return calls.map((bound, i) =>
      call(query, y, part, bound, shape, {
        state: isChain ? sums ??= take(batch * rows * heads * (width + 2)) : undefined,
        isFirst: i === 0,
        isLast: i === calls.length - 1,
      })
    );
  });
}

/** Where a call stands in a chain. */
interface Place {
  readonly state: GPUBuffer | undefined;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** One call of the kernel: all that a part sees, or a link of a chain. */
function call(
  query: GPUBuffer,
  y: GPUBuffer,
  { first, count, place = 0 }: GpuAttendPart,
  lists: readonly List[],
  { batch, rows, heads, width, keyHeads, scale, queryMask }: GpuAttendShape,
  { state, isFirst, isLast }: Place,
): Command {
  const [a, b = a] = lists;
  const spans = lists.flatMap(({ spans }, list) => spans.map((words) => [...words, list]));
  const spanWords: number[] = new Array(MOST_SPANS * SPAN_WORDS).fill(0);
  spans.forEach((words, i) => spanWords.splice(i * SPAN_WORDS, words.length, ...words));
  const groupsOf = (tileRows: number) => Math.ceil(count / tileRows) * heads * batch;
  const tileRows = groupsOf(64) >= ENOUGH_GROUPS && width <= 128 ? 64 : 32;
  const operands = (list: List | undefined) => {
    const { keys = query, values = query, mask = keys } = list ?? {};
    return [keys, values, mask];
  };
  // What is not read has to be bound all the same.
  const second = state ? [queryMask ?? query] : operands(b);
  return {
    kernel: attendKernel({
      tileRows,
      columns: Math.ceil(width / KEYS),
      isWhole: width % 4 === 0,
      isChain: state !== undefined,
    }),
    words: [
      ...[rows, heads, width, keyHeads],
      ...[first, count, place, floatWord(scale)],
      ...[spans.length, isFirst ? 1 : 0, isLast ? 1 : 0, queryMask ? 1 : 0],
      ...spanWords,
    ],
    buffers: [a?.query ?? query, ...operands(a), ...second, y, ...(state ? [state] : [])],
    groups: count === 0 ? [0, 0, 0] : [Math.ceil(count / tileRows), heads, batch],
  };
}

/** Sources that share queries, keys and values, and a mask where they have one, are one list. */
function listsOf(query: GPUBuffer, sources: readonly GpuSource[]): List[] {
  const lists: { -readonly [Name in keyof List]: List[Name] }[] = [];
  for (const { query: own, keys, values, first, count, mask, spans } of sources) {
    for (const { block, stride, start, end, causal } of spans) {
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
      const masked = mask ? (mask.isPerHead ? 2 : 1) : 0;
      list.spans.push([block, stride, start, end, causal ? 1 : 0, first, count, masked, keys.rows]);
    }
  }
  return lists;
}

/** Parts that see nothing, for the rows of no part: memory that is used again holds old numbers. */
function gaps(parts: readonly GpuAttendPart[], rows: number): GpuAttendPart[] {
  const gaps: GpuAttendPart[] = [];
  let next = 0;
  for (const { first, count } of parts.toSorted((a, b) => a.first - b.first)) {
    if (first > next) gaps.push({ first: next, count: first - next, sources: [] });
    next = Math.max(next, first + count);
  }
  if (next < rows) gaps.push({ first: next, count: rows - next, sources: [] });
  return gaps;
}
