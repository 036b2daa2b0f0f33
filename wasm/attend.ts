/**
 * Attention over spans of keys with an online softmax.
 *
 * @module
 */
import type { AttendPart } from "../ops/attend_plan.ts";
import { type Command, float32Word } from "./machine/commands.ts";

/** An operand: where it is and how many rows each sequence has. */
export interface Operand {
  /** Its address. */
  readonly address: number;
  /** Its dimensions. */
  readonly dims: readonly number[];
}

/** Query rows and what they see, as addresses. */
export type WasmAttendPart = AttendPart<Operand, Operand>;

/** Sizes and the rest that holds for all parts. */
export interface WasmAttendShape {
  /** Sequences. */
  readonly batch: number;
  /** Query rows of each sequence. */
  readonly rows: number;
  /** Heads of the queries. */
  readonly heads: number;
  /** Width of a head; 256 at most. */
  readonly width: number;
  /** Heads of keys and values. */
  readonly keyHeads: number;
  /** Factor of `q·k`. */
  readonly scale: number;
  /** Address of `[batch, rows]`, or 0. */
  readonly queryMask: number;
}

/** Widest head, as wasm/assembly/attend.ts has it. */
export const WIDEST_HEAD = 256;

/** Queries that one tile holds, as there. */
const MOST_QUERIES = 256;

/**
 * `softmax(q·k·scale)·v` over the keys that each query sees; see cpu/attend.ts.
 *
 * @param query Address of `[batch, rows, heads·width]`.
 * @param y Address of `[batch, rows, heads·width]`.
 * @param parts Which rows see which keys; rows of no part get zeros.
 * @param shape Sizes.
 * @returns The operation.
 * @throws {RangeError} If a head is too wide.
 */
export function attend(
  query: number,
  y: number,
  parts: readonly WasmAttendPart[],
  shape: WasmAttendShape,
): Command {
  const { batch, rows, heads, width, keyHeads, scale, queryMask } = shape;
  if (width > WIDEST_HEAD) {
    throw new RangeError(`attend: head width ${width}, wanted at most ${WIDEST_HEAD} on wasm`);
  }
  const sizes = [batch, rows, heads, width, keyHeads, float32Word(scale), tileOf(parts, rows)];
  const all = [...parts, ...rest(parts, rows)];
  const words = [query, y, queryMask, ...sizes, all.length];
  for (const { first, count, place = 0, sources } of all) {
    words.push(first, count, place, movesOf(sources), sources.length);
    for (const { query: own, keys, values, first, count, mask, spans } of sources) {
      words.push(own?.address ?? 0, keys.address, values.address, keys.dims[1], first, count);
      words.push(mask?.address ?? 0, mask?.dims.length === 3 ? 1 : 0, spans.length);
      for (const { block, stride, start, end, causal } of spans) {
        words.push(block, stride, start, end, causal ? 1 : 0);
      }
    }
  }
  return { operation: "attend", words };
}

/** Parts that see nothing, for the rows of no part: memory that is used again holds old numbers. */
function rest(parts: readonly WasmAttendPart[], rows: number): WasmAttendPart[] {
  const gaps: WasmAttendPart[] = [];
  let next = 0;
  for (const { first, count } of parts.toSorted((a, b) => a.first - b.first)) {
    if (first > next) gaps.push({ first: next, count: first - next, sources: [] });
    next = Math.max(next, first + count);
  }
  if (next < rows) gaps.push({ first: next, count: rows - next, sources: [] });
  return gaps;
}

/** 1 if later queries see later keys. */
function movesOf(sources: WasmAttendPart["sources"]): number {
  return sources.some(({ spans }) => spans.some(({ stride }) => stride > 0)) ? 1 : 0;
}

/**
 * Queries a tile: as many as fit, in such a number that tiles end where blocks do, so that the
 * queries of a tile see the same range.
 */
function tileOf(parts: readonly WasmAttendPart[], rows: number): number {
  const blocks = parts.flatMap(({ sources }) =>
    sources.flatMap(({ spans }) => spans.map(({ block }) => block))
  );
  const block = Math.max(1, ...blocks);
  // Packed keys serve the whole tile; a short text has too few large ones for all threads.
  if (block === 1) return rows < 2048 ? MOST_QUERIES / 2 : MOST_QUERIES;
  if (block > MOST_QUERIES) return Math.ceil(block / Math.ceil(block / MOST_QUERIES));
  // Short blocks share a tile: packing keys for a few queries would cost more than it saves.
  return block * Math.max(1, Math.floor(32 / block));
}
