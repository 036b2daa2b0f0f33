/**
 * The kernel of all gradients of attention.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend_operands.ts";
import { tileOf } from "../ops/attend_tiles.ts";
import type { OperandsOf } from "../ops/run.ts";
import { DROPOUT, dropoutOf, SPAN, WIDEST_HEAD } from "./attend.ts";
import type { WasmMemory, WasmRoles } from "./kernel.ts";
import { choice, type Command, command, type Definition, list } from "./machine/layout.ts";

/** What a call computes: gradients by queries, by keys and values, or by all. */
const SWEEP = choice("Sweep", ["query", "key", "all"]);

const SOURCE = {
  query: "usize",
  keys: "usize",
  values: "usize",
  /** Where the gradients are added; 0 for none. */
  keysGradient: "usize",
  valuesGradient: "usize",
  rows: "i32",
  first: "i32",
  count: "i32",
  /** Number of its first entry among those of its part. */
  number: "i32",
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
  sources: list("GradientSource", SOURCE),
} as const;

const FIELDS = {
  sweep: SWEEP,
  dy: "usize",
  query: "usize",
  logSum: "usize",
  inner: "usize",
  queryGradient: "usize",
  batch: "i32",
  rows: "i32",
  heads: "i32",
  width: "i32",
  keyHeads: "i32",
  scale: "f32",
  ...DROPOUT,
  /** Queries per tile. */
  tile: "i32",
  parts: list("GradientPart", PART),
} as const;

/** The kernel. */
export const ATTEND_GRADIENT: Definition<typeof FIELDS> = {
  name: "attendGradient",
  fields: FIELDS,
};

/** Addresses; 0 for none. */
type Addresses = Readonly<
  Record<"dy" | "query" | "logSum" | "inner" | "queryGradient", number>
>;

/** Query rows and their key sources, as addresses. */
type Parts = OperandsOf<"attendWithSums", WasmRoles>["parts"];

/** Where the gradients by the keys and values of a source are added; 0 for none. */
export interface SourceGradients {
  /** Address of those by keys. */
  readonly keys: number;
  /** Address of those by values. */
  readonly values: number;
}

/** Most queries of a tile, and of one of heads from this width on: they fit the scratch memory. */
const MOST_QUERIES = 128;
const MOST_WIDE_QUERIES = 64;
const WIDE = 65;

/**
 * The call of an operation.
 *
 * @param operation The operation, for messages.
 * @param sweep What it computes.
 * @param addresses The addresses.
 * @param parts Which rows see which keys.
 * @param shape Sizes and scale.
 * @param gradientsOf Where the gradients by a source go, by the numbers of part and source.
 * @returns The call.
 * @throws {RangeError} If heads are too wide.
 */
export function attendGradientCall(
  operation: string,
  sweep: "query" | "key" | "all",
  addresses: Partial<Addresses>,
  parts: Parts,
  shape: AttendShape,
  gradientsOf: (part: number, source: number) => SourceGradients = () => ({ keys: 0, values: 0 }),
): Command {
  const { rows, width } = shape;
  if (width > WIDEST_HEAD) {
    throw new RangeError(
      `${operation}: head width ${width}, wanted at most ${WIDEST_HEAD} on wasm`,
    );
  }
  const tile = tileOf(parts, rows);
  const most = width < WIDE ? MOST_QUERIES : MOST_WIDE_QUERIES;
  const none = { dy: 0, query: 0, logSum: 0, inner: 0, queryGradient: 0 };
  return command(ATTEND_GRADIENT, {
    ...none,
    ...addresses,
    ...shape,
    ...dropoutOf(shape),
    sweep,
    // In equal pieces, which end where blocks do.
    tile: Math.ceil(tile / Math.ceil(tile / most)),
    parts: parts.map((part, p) => ({
      ...part,
      moves: part.sources.some(({ spans }) => spans.some(({ stride }) => stride > 0)),
      sources: part.sources.map((source, s) => {
        const gradients = gradientsOf(p, s);
        return {
          ...source,
          query: source.query ?? 0,
          keys: plainRows(operation, source.keys),
          values: plainRows(operation, source.values),
          keysGradient: gradients.keys,
          valuesGradient: gradients.values,
          mask: source.mask ?? 0,
        };
      }),
    })),
  });
}

/** The address of keys or values that are held in float32. */
function plainRows(operation: string, { address, size }: WasmMemory): number {
  if (size === 4) return address;
  const held = size === 2 ? "half precision" : "8 bits";
  throw new TypeError(`${operation}: keys and values are in ${held}, wanted float32`);
}
