/**
 * Attention over spans of keys with an online softmax.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend.ts";
import type { OperandsOf } from "../ops/run.ts";
import { widen } from "./halve.ts";
import type { Context, WasmKernel, WasmMemory, WasmRoles } from "./kernel.ts";
import { type Command, command, type Definition, list } from "./machine/layout.ts";

/** Query rows and their key sources, as addresses. */
type Part = OperandsOf<"attend", WasmRoles>["parts"][number];

/** Keys and values that queries see. */
type Source = Part["sources"][number];

/** Widest head; equals `WIDEST_HEAD` of wasm/assembly/attend_tile.ts. */
export const WIDEST_HEAD = 256;

/** Most queries of a tile; equals `QUERIES` there. */
const MOST_QUERIES = 256;

/** The layout of a span. */
export const SPAN = {
  block: "i32",
  stride: "i32",
  start: "i32",
  end: "i32",
  causal: "i32",
} as const;

const SOURCE = {
  query: "usize",
  keys: "usize",
  values: "usize",
  rows: "i32",
  first: "i32",
  count: "i32",
  /** Number of its first entry among those of its part. */
  number: "i32",
  /** Bytes of a key's or a value's number. */
  size: "i32",
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

/** The fields of the dropout of weights. */
export const DROPOUT = { dropKey: "i32", threshold: "i32", dropFactor: "f32" } as const;

const FIELDS = {
  query: "usize",
  y: "usize",
  queryMask: "usize",
  batch: "i32",
  rows: "i32",
  heads: "i32",
  width: "i32",
  keyHeads: "i32",
  scale: "f32",
  ...DROPOUT,
  /** Queries per tile. */
  tile: "i32",
  parts: list("Part", PART),
} as const;

const DEFINITION: Definition<typeof FIELDS> = { name: "attend", fields: FIELDS };

/** Most queries that read halves as they are; equals `FEW` of wasm/assembly/attend_rows.ts. */
const FEW = 20;

/** `softmax(q·k·scale)·v` over the keys that each query sees; see cpu/attend.ts. */
export const attend: WasmKernel<"attend", typeof FIELDS> = {
  definition: DEFINITION,
  record({ query, queryMask = 0, parts }, y, shape, { allocate }) {
    const { rows, width } = shape;
    if (width > WIDEST_HEAD) {
      throw new RangeError(`attend: head width ${width}, wanted at most ${WIDEST_HEAD} on wasm`);
    }
    const { commands, addressOf } = widenOthers(parts, shape, allocate);
    const values = {
      query,
      y,
      queryMask,
      ...shape,
      ...dropoutOf(shape),
      tile: tileOf(parts, rows),
      parts: parts.map((part) => ({
        ...part,
        moves: part.sources.some(({ spans }) => spans.some(({ stride }) => stride > 0)),
        sources: part.sources.map((source) => ({
          ...source,
          keys: addressOf(source.keys),
          values: addressOf(source.values),
          size: widens(part, source, shape) ? 4 : source.keys.size,
          query: source.query ?? 0,
          mask: source.mask ?? 0,
        })),
      })),
    };
    return [...commands, command(DEFINITION, values)];
  },
};

/**
 * The values of the fields of dropout.
 *
 * @param shape What the attention drops.
 * @returns Key, threshold and factor; a factor of 0 where nothing is dropped.
 */
export function dropoutOf(
  { dropout }: Pick<AttendShape, "dropout">,
): Readonly<Record<keyof typeof DROPOUT, number>> {
  const { key = 0, threshold = 0, factor = 0 } = dropout ?? {};
  return { dropKey: key, threshold, dropFactor: factor };
}

/** Whether halves have to become floats before they are attended to: see `isForRows` in assembly. */
function widens(
  { count, sources }: Part,
  { keys, values }: Source,
  { rows, width, dropout }: AttendShape,
): boolean {
  const isForRows = dropout === undefined && count <= FEW && width % 8 === 0 &&
    sources.every(({ query, isPerHead, spans, rows: keyRows }) =>
      query === undefined && !isPerHead && keyRows !== rows &&
      spans.every(({ stride, causal }) => stride === 0 && !causal)
    );
  return !isForRows || keys.size !== values.size;
}

/** The calls that make floats of halves that are not read as they are, and where keys and values lie. */
function widenOthers(
  parts: readonly Part[],
  shape: AttendShape,
  allocate: Context["allocate"],
): { commands: Command[]; addressOf: (memory: WasmMemory) => number } {
  const { batch, width, keyHeads } = shape;
  const counts = new Map<number, number>();
  for (const part of parts) {
    for (const source of part.sources) {
      if (!widens(part, source, shape)) continue;
      for (const { address, size } of [source.keys, source.values]) {
        if (size === 2) counts.set(address, batch * source.rows * keyHeads * width);
      }
    }
  }
  const places = new Map<number, number>();
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let to = total > 0 ? allocate(total * 4) : 0;
  const commands = [...counts].map(([address, count]) => {
    const call = widen(address, count, to);
    places.set(address, to);
    to += count * 4;
    return call;
  });
  return { commands, addressOf: ({ address }) => places.get(address) ?? address };
}

/**
 * Queries per tile: as many as fit, with tiles that end where blocks do, so that all queries of a
 * tile see the same range.
 *
 * @param parts Which rows see which keys.
 * @param rows Queries of a sequence.
 * @returns The number.
 */
export function tileOf(
  parts: readonly Pick<Part, "sources">[],
  rows: number,
): number {
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
