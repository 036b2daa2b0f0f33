/**
 * Attention over spans of keys.
 *
 * @module
 */
import type { AttendPart, KeySource } from "./attend_plan.ts";
import { expectDims, headWidth, isWhole, mask } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";
import type { Span } from "./span.ts";

/** What holds for all parts of an attention. */
export interface AttendOptions<Mask> {
  /** `h`. */
  readonly heads: number;
  /** Heads of keys and values, where queries have more; `heads` if absent. */
  readonly keyHeads?: number;
  /** Factor of `q·k`; `1/√d` if absent. */
  readonly scale?: number;
  /** `[b, n]`: query rows with 0 give zeros. */
  readonly queryMask?: Mask;
}

/** A key source in its roles. */
export interface SourceOperands extends KeySource<Operand<"rows">, Operand<"mask">> {
  /** Rows of keys and values in each sequence. */
  readonly rows: number;
  /** Whether each head has a mask of its own. */
  readonly isPerHead: boolean;
}

/** Query rows and the sources that they see, in their roles. */
export interface PartOperands extends AttendPart<Operand<"rows">, Operand<"mask">> {
  /** The first row's position in the spans' count of queries. */
  readonly place: number;
  /** What the rows see. */
  readonly sources: readonly SourceOperands[];
}

/** The operands of an attention. */
export interface AttendOperands {
  /** `[b, n, w]`. */
  readonly query: Operand<"rows">;
  /** `[b, n]`. */
  readonly queryMask?: Operand<"mask">;
  /** Parts that together have every query row; those that see nothing give zeros. */
  readonly parts: readonly PartOperands[];
}

/** Sizes and settings of an attention. */
export interface AttendShape {
  /** Sequences. */
  readonly batch: number;
  /** Query rows of each sequence. */
  readonly rows: number;
  /** Heads of the queries. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
  /** Heads of keys and values; query head `i` uses `⌊i·keyHeads/heads⌋`. */
  readonly keyHeads: number;
  /** Factor of `q·k`. */
  readonly scale: number;
}

/**
 * Softmax attention: query `[b, n, w]` → `[b, n, w]`; see {@linkcode AttendPart} for who sees what and
 * {@linkcode AttendOptions}. Rows of no part, and rows that see no key, are zero.
 */
export const attend: Operation<
  (
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendOptions<Integers>,
  ) => Floats,
  AttendOperands,
  AttendShape
> = {
  name: "attend",
  plan(query, parts, { heads, keyHeads = heads, scale, queryMask }) {
    const [batch, count, rowWidth] = query.dims;
    const width = headWidth("attend", rowWidth, heads);
    if (!isWhole(keyHeads, 1)) {
      throw new RangeError(`attend: ${keyHeads} heads of keys, wanted a whole number ≥ 1`);
    }
    const sourceOperands = (source: KeySource<Floats, Integers>): SourceOperands => {
      const { keys, values, first, count, spans, query: own, mask: visible } = source;
      const [, sourceRows] = keys.dims;
      expectDims("attend", "keys", keys, [batch, sourceRows, keyHeads * width]);
      expectDims("attend", "values", values, keys.dims);
      expectRows("key", first, count, sourceRows);
      spans.forEach(expectSpan);
      if (own) expectDims("attend", "query of a source", own, query.dims);
      const isPerHead = visible?.dims.length === 3;
      const maskDims = [batch, ...(isPerHead ? [heads] : []), count];
      return {
        keys: rows(keys),
        values: rows(values),
        mask: visible && mask("attend", "mask", visible, maskDims),
        query: own && rows(own),
        first,
        count,
        spans,
        rows: sourceRows,
        isPerHead,
      };
    };
    const planned = parts.map(({ first, count: partRows, place = 0, sources }): PartOperands => {
      expectRows("query", first, partRows, count);
      if (!isWhole(place, 0)) {
        throw new RangeError(`attend: place ${place}, wanted a whole number ≥ 0`);
      }
      return { first, count: partRows, place, sources: sources.map(sourceOperands) };
    });
    return {
      operands: {
        query: rows(query),
        queryMask: queryMask && mask("attend", "queryMask", queryMask, [batch, count]),
        parts: [...planned, ...gaps(planned, count)],
      },
      shape: { batch, rows: count, heads, width, keyHeads, scale: scale ?? 1 / Math.sqrt(width) },
      result: floats(query.dims),
    };
  },
};

/** Parts that see nothing, for the rows of no part: memory that is used again holds old numbers. */
function gaps(parts: readonly PartOperands[], rows: number): PartOperands[] {
  const gaps: PartOperands[] = [];
  let next = 0;
  const add = (end: number) => {
    if (end > next) gaps.push({ first: next, count: end - next, place: 0, sources: [] });
  };
  for (const { first, count } of parts.toSorted((a, b) => a.first - b.first)) {
    add(first);
    next = Math.max(next, first + count);
  }
  add(rows);
  return gaps;
}

function expectRows(kind: string, first: number, count: number, rows: number): void {
  if (isWhole(first, 0) && isWhole(count, 0) && first + count <= rows) return;
  throw new RangeError(`attend: ${kind} rows ${first} … ${first + count - 1}, there are ${rows}`);
}

/** Kernels divide by the block, and rely on ranges that only move forward. */
function expectSpan(span: Span): void {
  const { block, stride, start, end } = span;
  if (isWhole(block, 1) && isWhole(stride, 0) && isWhole(start) && isWhole(end)) return;
  throw new RangeError(
    `attend: got the span ${JSON.stringify(span)}, wanted whole numbers, block ≥ 1 and stride ≥ 0`,
  );
}
