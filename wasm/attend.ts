/**
 * Attention over spans of keys with an online softmax.
 *
 * @module
 */
import type { OperandsOf } from "../ops/run.ts";
import { oneCall, type WasmKernel, type WasmRoles } from "./kernel.ts";
import { list } from "./machine/layout.ts";

/** Query rows and their key sources, as addresses. */
type Part = OperandsOf<"attend", WasmRoles>["parts"][number];

/** Widest head; equals `WIDEST_HEAD` of wasm/assembly/attend.ts. */
export const WIDEST_HEAD = 256;

/** Most queries of a tile; equals `QUERIES` there. */
const MOST_QUERIES = 256;

const SPAN = { block: "i32", stride: "i32", start: "i32", end: "i32", causal: "i32" } as const;

const SOURCE = {
  query: "usize",
  keys: "usize",
  values: "usize",
  rows: "i32",
  first: "i32",
  count: "i32",
  mask: "usize",
  isPerHead: "i32",
  spans: list("Span", SPAN),
} as const;

const PART = {
  first: "i32",
  count: "i32",
  position: "i32",
  /** Whether later queries see later keys. */
  moves: "i32",
  sources: list("Source", SOURCE),
} as const;

/** `softmax(q·k·scale)·v` over the keys that each query sees; see cpu/attend.ts. */
export const attend: WasmKernel<"attend"> = oneCall("attend", {
  name: "attend",
  fields: {
    query: "usize",
    y: "usize",
    queryMask: "usize",
    batch: "i32",
    rows: "i32",
    heads: "i32",
    width: "i32",
    keyHeads: "i32",
    scale: "f32",
    /** Queries per tile. */
    tile: "i32",
    parts: list("Part", PART),
  },
}, ({ query, queryMask = 0, parts }, y, shape) => {
  const { rows, width } = shape;
  if (width > WIDEST_HEAD) {
    throw new RangeError(`attend: head width ${width}, wanted at most ${WIDEST_HEAD} on wasm`);
  }
  return {
    query,
    y,
    queryMask,
    ...shape,
    tile: tileOf(parts, rows),
    parts: parts.map(({ sources, ...part }) => ({
      ...part,
      moves: sources.some(({ spans }) => spans.some(({ stride }) => stride > 0)),
      sources: sources.map((source) => ({
        ...source,
        query: source.query ?? 0,
        mask: source.mask ?? 0,
      })),
    })),
  };
});

/**
 * Queries per tile: as many as fit, with tiles that end where blocks do, so that all queries of a
 * tile see the same range.
 */
function tileOf(parts: readonly Part[], rows: number): number {
  const blocks = parts.flatMap(({ sources }) =>
    sources.flatMap(({ spans }) => spans.map(({ block }) => block))
  );
  const block = Math.max(1, ...blocks);
  // Large tiles use packed keys more often, but a short text has too few of them for all threads.
  if (block === 1) return rows < 2048 ? MOST_QUERIES / 2 : MOST_QUERIES;
  if (block > MOST_QUERIES) return Math.ceil(block / Math.ceil(block / MOST_QUERIES));
  // Short blocks share a tile: packing keys for a few queries would cost more than it saves.
  return block * Math.max(1, Math.floor(32 / block));
}
