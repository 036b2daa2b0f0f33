/**
 * Attention over spans of keys with an online softmax.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend.ts";
import { expectByteKeys } from "../ops/attend_operands.ts";
import { tileOf } from "../ops/attend_tiles.ts";
import type { OperandsOf } from "../ops/run.ts";
import { widen } from "./halve.ts";
import type { Context, WasmKernel, WasmMemory, WasmRoles } from "./kernel.ts";
import { type Command, command, type Definition, list } from "./machine/layout.ts";
import { widenBytes } from "./quantize_heads.ts";
import { chunksOf, partialBytes } from "./row_chunks.ts";

/** Query rows and their key sources, as addresses. */
type Part = OperandsOf<"attend", WasmRoles>["parts"][number];

/** Keys and values that queries see. */
type Source = Part["sources"][number];

/** Where the output of an attention goes, and logarithms of sums; 0 for none. */
interface Results {
  readonly y: number;
  readonly logSum: number;
}

/** Sizes and results of an attention. */
type Call = AttendShape & Results;

/** Widest head; equals `WIDEST_HEAD` of wasm/assembly/attend_tile.ts. */
export const WIDEST_HEAD = 256;

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
  /** Bytes of a key's number, and of a value's. */
  size: "i32",
  valueSize: "i32",
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
  /** Whether weights and values are rounded. */
  rounds: "i32",
  /** Chunks of keys, and where sums of each go; 0: keys are not divided. */
  chunks: "i32",
  partials: "usize",
  sources: list("Source", SOURCE),
} as const;

/** The fields of the dropout of weights. */
export const DROPOUT = { dropKey: "i32", threshold: "i32", dropFactor: "f32" } as const;

const FIELDS = {
  query: "usize",
  y: "usize",
  /** Where logarithms of sums go; 0 for none. */
  logSum: "usize",
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
  /** Whether sums of chunks are added up, and nothing else. */
  merges: "i32",
  parts: list("Part", PART),
} as const;

/** The kernel. */
export const ATTEND: Definition<typeof FIELDS> = { name: "attend", fields: FIELDS };

/** Most queries that read halves as they are; equals `FEW` of wasm/assembly/attend_rows.ts. */
const FEW = 20;

/** `softmax(q·k·scale)·v` over the keys that each query sees; see cpu/attend.ts. */
export const attend: WasmKernel<"attend", typeof FIELDS> = {
  definition: ATTEND,
  record: (operands, y, shape, context) =>
    attendCalls("attend", operands, { y, logSum: 0 }, shape, context),
};

/**
 * The calls of an attention.
 *
 * @param operation The operation, for messages.
 * @param operands Query and parts.
 * @param results Where the output goes, and logarithms of sums; 0 for none.
 * @param shape Sizes and scale.
 * @param context Number of threads, and memory for scores and for floats of keys and values in half
 * precision.
 * @returns The calls.
 * @throws {RangeError} If heads are too wide.
 */
export function attendCalls(
  operation: string,
  { query, queryMask = 0, parts: all }: OperandsOf<"attend", WasmRoles>,
  results: Results,
  shape: AttendShape,
  { allocate }: Context,
): Command[] {
  const { batch, rows, width } = shape;
  if (width > WIDEST_HEAD) {
    throw new RangeError(
      `${operation}: head width ${width}, wanted at most ${WIDEST_HEAD} on wasm`,
    );
  }
  expectByteKeys(all, ({ size }) => size === 1);
  const parts = all.filter(({ count }) => count > 0);
  const call = { ...shape, ...results };
  const { commands, widened } = widenOthers(parts, call, allocate);
  const chunks = parts.map((part) => countChunks(part, call));
  const values = {
    query,
    queryMask,
    ...call,
    ...dropoutOf(shape),
    tile: tileOf(parts, rows),
    parts: parts.map((part, i) => ({
      ...part,
      chunks: chunks[i],
      partials: chunks[i] > 0 ? allocate(partialBytes(batch * chunks[i] * part.count, shape)) : 0,
      moves: part.sources.some(({ spans }) => spans.some(({ stride }) => stride > 0)),
      rounds: part.weights === "q8",
      sources: part.sources.map((source) => {
        const { query = 0, mask = 0 } = source;
        const [keys, values] = [source.keys, source.values].map((memory) =>
          widens(part, source, memory, call) ? widened(memory) : memory
        );
        const sizes = { size: keys.size, valueSize: values.size };
        return { ...source, query, mask, keys: keys.address, values: values.address, ...sizes };
      }),
    })),
  };
  commands.push(command(ATTEND, { ...values, merges: false }));
  if (chunks.some((count) => count > 0)) {
    commands.push(command(ATTEND, { ...values, merges: true }));
  }
  return commands;
}

/** Chunks of a part of which few queries see many keys of one source; 0 for others. */
function countChunks(part: Part, call: Call): number {
  const [source] = part.sources;
  return part.sources.length === 1 && isForRows(part, call) ? chunksOf(source.count) : 0;
}

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

/**
 * Whether keys or values have to become floats before they are attended to: where few queries read
 * them as they are (see `isForRows` in assembly), and as keys where they are bytes, they stay.
 */
function widens(
  part: Part,
  { keys, values }: Source,
  memory: WasmMemory,
  call: Call,
): boolean {
  if (memory.size === 4 || memory.size === 1 && memory === keys) return false;
  return !isForRows(part, call) || keys.size !== values.size;
}

/** Whether a part has few queries, which all see the same keys; see `isForRows` in assembly. */
function isForRows(
  { count, weights, sources }: Part,
  { rows, width, dropout, logSum }: Call,
): boolean {
  return dropout === undefined && !logSum && !weights && count <= FEW && width % 8 === 0 &&
    sources.every(({ keys, values, query, isPerHead, spans, rows: keyRows }) =>
      query === undefined && !isPerHead && keyRows !== rows &&
      (keys.size > 1 || values.size === 1) && spans.every(({ stride, causal }) =>
        stride === 0 && !causal
      )
    );
}

/** The calls that make floats of keys and values that are not read as they are, and their floats. */
function widenOthers(
  parts: readonly Part[],
  call: Call,
  allocate: Context["allocate"],
): { commands: Command[]; widened: (memory: WasmMemory) => WasmMemory } {
  const { batch, width, keyHeads } = call;
  const found = new Map<number, { readonly size: number; readonly rows: number }>();
  for (const part of parts) {
    for (const source of part.sources) {
      for (const memory of [source.keys, source.values]) {
        if (!widens(part, source, memory, call)) continue;
        found.set(memory.address, { size: memory.size, rows: source.rows });
      }
    }
  }
  const floatsOf = (rows: number) => batch * rows * keyHeads * width;
  const total = [...found.values()].reduce((sum, { rows }) => sum + floatsOf(rows), 0);
  const places = new Map<number, number>();
  let to = total > 0 ? allocate(total * 4) : 0;
  const commands = [...found].map(([address, { size, rows }]) => {
    const call = size === 2
      ? widen(address, floatsOf(rows), to)
      : widenBytes(address, { batch, rows, heads: keyHeads, width }, to);
    places.set(address, to);
    to += floatsOf(rows) * 4;
    return call;
  });
  return { commands, widened: ({ address }) => ({ address: places.get(address)!, size: 4 }) };
}
