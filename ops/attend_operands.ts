/**
 * The operands of attention over spans of keys and of its gradients.
 *
 * @module
 */
import type { AttendPart, KeySource } from "./attend_plan.ts";
import { type Dropout, type DropoutSettings, dropoutSettings } from "./dropout.ts";
import { expectDims, expectScale, headWidth, isWhole, mask } from "./checks.ts";
import { type Floats, type Integers, memory, type Operand, rows } from "./operation.ts";
import type { Span } from "./span.ts";

/** Options that all parts of an attention share. */
export interface AttendOptions<Mask> {
  /** `h`. */
  readonly heads: number;
  /** Heads of keys and values, if fewer than those of the queries: a divisor; `heads` if absent. */
  readonly keyHeads?: number;
  /** Factor of `q·k`; `1/√d` if absent. */
  readonly scale?: number;
  /** `[b, n]`: query rows with 0 give zeros. */
  readonly queryMask?: Mask;
  /**
   * Drops weights after the softmax. Of head h of row i of sequence b the key is
   * `subkey(key, (b·heads + h)·n + i)`; word e of it decides on entry e of the row's part, counting
   * the entries of its sources one after the other, masked ones and those out of sight too.
   */
  readonly dropout?: Dropout;
}

/** Operands of a key source. */
export interface SourceOperands
  extends Omit<KeySource<Operand<"rows">, Operand<"mask">>, "keys" | "values" | "number"> {
  /** `[b, rows, keyHeads·d]`. */
  readonly keys: Operand<"memory">;
  /** Like the keys. */
  readonly values: Operand<"memory">;
  /** Rows of keys and values in each sequence. */
  readonly rows: number;
  /** Whether each head has a mask of its own. */
  readonly isPerHead: boolean;
  /** Number of its first entry among those of its part. */
  readonly number: number;
}

/** Operands of query rows and of the key sources that they see. */
export interface PartOperands
  extends Omit<AttendPart<Operand<"rows">, Operand<"mask">>, "sources"> {
  /** Position of the first row, as spans count queries. */
  readonly position: number;
  /** Sources of the keys that the rows see. */
  readonly sources: readonly SourceOperands[];
}

/** The operands of an attention. */
export interface AttendOperands {
  /** `[b, n, w]`. */
  readonly query: Operand<"rows">;
  /** `[b, n]`. */
  readonly queryMask?: Operand<"mask">;
  /** Parts that together cover every query row; rows of a part without sources become zeros. */
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
  /** How weights are dropped; absent: none is. */
  readonly dropout?: DropoutSettings;
}

/**
 * Checks an attention.
 *
 * @param operation The operation, for messages.
 * @param query `[b, n, w]`.
 * @param parts Which rows see which keys.
 * @param options Heads, scale, the mask of queries and dropout.
 * @returns Operands and sizes; rows that are in no part are in one without sources.
 * @throws {TypeError} If the shapes do not fit each other, or weights are rounded to 8 bits in
 * another operation than `attend` or with dropout.
 * @throws {RangeError} If a size, a row, a span, a mask, the scale or the dropout is out of range,
 * two parts have a row in common, `keyHeads` does not divide `heads`, or weights are not "q8".
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { everything, planAttend } from "@lsg/core/ops";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const query = new Tensor("float32", new Float32Array(24), [1, 3, 8]);
 * const source = { keys: query, values: query, first: 0, count: 3, spans: [everything(3)] };
 * const part = { first: 1, count: 2, sources: [source] };
 * const { operands, shape } = planAttend("attend", query, [part], { heads: 2 });
 * assertEquals([shape.heads, shape.width, shape.scale], [2, 4, 1 / 2]);
 * assertEquals(operands.parts.map(({ first, count }) => [first, count]), [[1, 2], [0, 1]]);
 * assertEquals(operands.parts[0].sources[0].keys.role, "memory");
 * assertThrows(() => planAttend("attend", query, [part, part], { heads: 2 }), RangeError, "row 1");
 * ```
 */
export function planAttend(
  operation: string,
  query: Floats,
  parts: readonly AttendPart<Floats, Integers>[],
  { heads, keyHeads = heads, scale, queryMask, dropout }: AttendOptions<Integers>,
): { readonly operands: AttendOperands; readonly shape: AttendShape } {
  const [batch, count, rowWidth] = query.dims;
  expectDims(operation, "query", query, [batch, count, rowWidth]);
  const width = headWidth(operation, rowWidth, heads);
  if (!isWhole(keyHeads, 1) || heads % keyHeads !== 0) {
    throw new RangeError(`${operation}: ${keyHeads} heads of keys, wanted a divisor of ${heads}`);
  }
  const sourceOperands = (
    source: KeySource<Floats, Integers>,
    number: number,
    lastQuery: number,
  ): SourceOperands => {
    const { keys, values, first, count, spans, query: own, mask: visible } = source;
    const [, sourceRows] = keys.dims;
    expectDims(operation, "keys", keys, [batch, sourceRows, keyHeads * width]);
    expectDims(operation, "values", values, keys.dims);
    expectRows(operation, "key", first, count, sourceRows);
    if (!isWhole(number, 0)) {
      throw new RangeError(`${operation}: entries from ${number}, wanted a whole number ≥ 0`);
    }
    if (own) expectDims(operation, "query of a source", own, query.dims);
    const isPerHead = visible?.dims.length === 3;
    const maskDims = [batch, ...(isPerHead ? [heads] : []), count];
    return {
      keys: memory(keys),
      values: memory(values),
      mask: visible && mask(operation, "mask", visible, maskDims),
      query: own && rows(own),
      first,
      count,
      spans: spans.map((span) => clipSpan(operation, span, lastQuery, count)),
      rows: sourceRows,
      isPerHead,
      number,
    };
  };
  const planned = parts.map((part): PartOperands => {
    const { first, count: partRows, position = 0, weights, sources } = part;
    expectRows(operation, "query", first, partRows, count);
    if (!isWhole(position, 0)) {
      throw new RangeError(`${operation}: position ${position}, wanted a whole number ≥ 0`);
    }
    if (weights !== undefined && weights !== "q8") {
      throw new RangeError(`${operation}: weights ${JSON.stringify(weights)}, wanted "q8" or none`);
    }
    if (weights && (dropout || operation !== "attend")) {
      throw new TypeError(`${operation}: weights in 8 bits, wanted attend without dropout`);
    }
    const lastQuery = position + Math.max(0, partRows - 1);
    const numbered = numberEntries(sources).map((source) =>
      sourceOperands(source, source.number, lastQuery)
    );
    return { first, count: partRows, position, weights, sources: numbered };
  });
  return {
    operands: {
      query: rows(query),
      queryMask: queryMask && mask(operation, "queryMask", queryMask, [batch, count]),
      parts: [...planned, ...gaps(operation, planned, count)],
    },
    shape: {
      ...{
        batch,
        rows: count,
        heads,
        width,
        keyHeads,
        scale: expectScale(operation, scale ?? 1 / Math.sqrt(width)),
      },
      ...(dropout && { dropout: dropoutSettings(operation, dropout) }),
    },
  };
}

/**
 * Asserts that weights are rounded only where scores are products of integers.
 *
 * @param parts The parts of an attention.
 * @param areBytes Tells whether keys are in 8 bits.
 * @throws {TypeError} If others are in a part whose weights are rounded.
 *
 * @example A backend whose keys are in 8 bits if they are bytes
 * ```ts
 * import { expectByteKeys } from "@lsg/core/ops";
 * import { assertThrows } from "@std/assert";
 *
 * const areBytes = (keys: Int8Array | Float32Array) => keys instanceof Int8Array;
 * const rounded = { weights: "q8", sources: [{ keys: new Int8Array(4) }] } as const;
 * const plain = { sources: [{ keys: new Float32Array(4) }] };
 * expectByteKeys([rounded, plain], areBytes);
 * assertThrows(() => expectByteKeys([{ ...rounded, ...plain }], areBytes), TypeError);
 * ```
 */
export function expectByteKeys<Keys>(
  parts: readonly {
    readonly weights?: "q8";
    readonly sources: readonly { readonly keys: Keys }[];
  }[],
  areBytes: (keys: Keys) => boolean,
): void {
  for (const { weights, sources } of parts) {
    if (!weights || sources.every(({ keys }) => areBytes(keys))) continue;
    throw new TypeError("attend: weights in 8 bits of keys in floats, wanted both in 8 bits");
  }
}

/**
 * Numbers the entries of a part.
 *
 * @param sources The part's sources.
 * @returns Them, each with the number of its first entry.
 *
 * @example
 * ```ts
 * import { numberEntries } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const numbered = numberEntries([{ count: 3 }, { count: 2 }, { count: 1, number: 9 }]);
 * assertEquals(numbered.map(({ number }) => number), [0, 3, 9]);
 * ```
 */
export function numberEntries<Source extends Pick<KeySource<unknown, unknown>, "count" | "number">>(
  sources: readonly Source[],
): (Source & { readonly number: number })[] {
  let next = 0;
  return sources.map((source) => {
    const { number = next, count } = source;
    next += count;
    return { ...source, number };
  });
}

/**
 * Parts without sources for the rows that no part covers: reused memory holds old values.
 *
 * @throws {RangeError} If two parts have a row in common: threads would write it twice.
 */
function gaps(operation: string, parts: readonly PartOperands[], rows: number): PartOperands[] {
  const gaps: PartOperands[] = [];
  let next = 0;
  const add = (end: number) => {
    if (end > next) gaps.push({ first: next, count: end - next, position: 0, sources: [] });
  };
  for (const { first, count } of parts.toSorted((a, b) => a.first - b.first)) {
    if (count === 0) continue;
    if (first < next) {
      throw new RangeError(`${operation}: query row ${first} is in two parts, wanted it in one`);
    }
    add(first);
    next = first + count;
  }
  add(rows);
  return gaps;
}

function expectRows(
  operation: string,
  kind: string,
  first: number,
  count: number,
  rows: number,
): void {
  if (isWhole(first, 0) && isWhole(count, 0) && first + count <= rows) return;
  throw new RangeError(
    `${operation}: ${kind} rows ${first} … ${first + count - 1}, there are ${rows}`,
  );
}

/**
 * A span that shows its queries the same entries, with numbers that are no larger than needed:
 * kernels count with 32 bits. They also divide by the block, and rely on ranges that only move
 * forward.
 *
 * @throws {RangeError} If a number is out of range, or the span moves beyond 32 bits.
 */
function clipSpan(operation: string, span: Span, lastQuery: number, entries: number): Span {
  const { block, stride, start, end } = span;
  const moved = Math.floor(lastQuery / block) * stride;
  const clip = (at: number) => Math.max(0 - moved, Math.min(at, entries));
  if (
    isWhole(block, 1) && isWhole(stride, 0) && isWhole(start) && isWhole(end) &&
    lastQuery + 1 + moved + entries < 2 ** 31
  ) {
    return { ...span, block: Math.min(block, lastQuery + 1), start: clip(start), end: clip(end) };
  }
  throw new RangeError(
    `${operation}: got the span ${
      JSON.stringify(span)
    }, wanted whole numbers, block ≥ 1 and stride ≥ 0, moved by less than 2³¹`,
  );
}
