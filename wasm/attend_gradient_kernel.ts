/**
 * The kernel of all gradients of attention: one function in WebAssembly, called for each span of each
 * source of each part.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend_operands.ts";
import type { OperandsOf } from "../ops/run.ts";
import { refuseDroppedWeights } from "./dropout.ts";
import type { WasmMemory, WasmRoles } from "./kernel.ts";
import { choice, type Command, command } from "./machine/layout.ts";

/** Widest head, as of `attend`. */
const WIDEST_HEAD = 256;

/** What a call does: the dot products, zeros, or a sweep over queries or keys. */
const SWEEP = choice("Sweep", ["inner", "clear", "statistics", "query", "key"]);

/** The kernel. */
export const ATTEND_GRADIENT = {
  name: "attendGradient",
  fields: {
    sweep: SWEEP,
    dy: "usize",
    y: "usize",
    query: "usize",
    queryMask: "usize",
    keys: "usize",
    values: "usize",
    mask: "usize",
    isPerHead: "i32",
    logSum: "usize",
    inner: "usize",
    result: "usize",
    second: "usize",
    batch: "i32",
    rows: "i32",
    heads: "i32",
    width: "i32",
    keyHeads: "i32",
    scale: "f32",
    /** The part: its first row, how many rows, and the position of the first. */
    first: "i32",
    count: "i32",
    position: "i32",
    /** The source: rows of a sequence, the row of its first entry, and how many entries. */
    keyRows: "i32",
    firstEntry: "i32",
    entries: "i32",
    block: "i32",
    stride: "i32",
    start: "i32",
    end: "i32",
    causal: "i32",
  },
} as const;

/** Addresses that all calls of an operation share; 0 for none. */
type Shared = Readonly<
  Record<"dy" | "y" | "query" | "queryMask" | "logSum" | "inner" | "result" | "second", number>
>;

/** Query rows and their key sources, as addresses. */
type Parts = OperandsOf<"attendStatistics", WasmRoles>["parts"];

const NO_SOURCE = { keys: 0, values: 0, mask: 0, isPerHead: false, keyRows: 0, firstEntry: 0 };
const NO_SPAN = { entries: 0, block: 1, stride: 0, start: 0, end: 0, causal: false };

/**
 * The calls of an operation: one that starts its result, and one for each span.
 *
 * @param operation The operation, for messages.
 * @param sweep What the calls for the spans do.
 * @param shared The addresses.
 * @param parts Which rows see which keys.
 * @param shape Sizes and scale.
 * @param keyRows For zeros: rows of keys.
 * @returns The calls.
 * @throws {RangeError} If heads are too wide.
 */
export function attendGradientCalls(
  operation: string,
  sweep: "statistics" | "query" | "key",
  shared: Partial<Shared>,
  parts: Parts,
  shape: AttendShape,
  keyRows = 0,
): Command[] {
  if (sweep !== "statistics") refuseDroppedWeights(operation, shape);
  if (shape.width > WIDEST_HEAD) {
    throw new RangeError(
      `${operation}: head width ${shape.width}, wanted at most ${WIDEST_HEAD} on wasm`,
    );
  }
  const none = { dy: 0, y: 0, query: 0, queryMask: 0, logSum: 0, inner: 0, result: 0, second: 0 };
  const common = { ...none, ...shared, ...shape };
  const start = command(ATTEND_GRADIENT, {
    ...common,
    ...NO_SOURCE,
    ...NO_SPAN,
    sweep: sweep === "statistics" ? "inner" : "clear",
    keyRows,
    first: 0,
    count: shape.rows,
    position: 0,
  });
  const calls = parts.flatMap(({ first, count, position, sources }) =>
    sources.flatMap(({ spans, query, mask, rows, first: firstEntry, count: entries, ...source }) =>
      spans.map((span) =>
        command(ATTEND_GRADIENT, {
          ...common,
          sweep,
          keys: plainRows(operation, source.keys),
          values: plainRows(operation, source.values),
          isPerHead: source.isPerHead,
          query: query ?? common.query,
          mask: mask ?? 0,
          keyRows: rows,
          firstEntry,
          entries,
          first,
          count,
          position,
          ...span,
        })
      )
    )
  );
  return [start, ...calls];
}

/** The address of keys or values that are not halved. */
function plainRows(operation: string, { address, size }: WasmMemory): number {
  if (size === 4) return address;
  throw new TypeError(`${operation}: keys and values are in half precision, wanted float32`);
}
