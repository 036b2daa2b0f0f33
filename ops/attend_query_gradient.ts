/**
 * The gradient of attention by its queries.
 *
 * @module
 */
import {
  type AttendOptions,
  type AttendShape,
  type PartOperands,
  planAttend,
} from "./attend_operands.ts";
import type { AttendPart } from "./attend_plan.ts";
import { expectDims } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";

/** What the gradients of attention need of each head of each query. */
export interface AttendStatistics {
  /** `[b, n, h]`: `log Σ exp(score)` over all keys that it sees; −∞ if it sees none. */
  readonly logSum: Floats;
  /** `[b, n, h]`: the gradient by the output times the output, the mean of the gradients by its weights. */
  readonly inner: Floats;
}

/** The operands of a gradient of attention. */
export interface AttendGradientOperands {
  /** `[b, n, w]`. */
  readonly dy: Operand<"rows">;
  /** `[b, n, h]`. */
  readonly logSum: Operand<"rows">;
  /** `[b, n, h]`. */
  readonly inner: Operand<"rows">;
  /** `[b, n, w]`. */
  readonly query: Operand<"rows">;
  /** Which rows see which keys. */
  readonly parts: readonly PartOperands[];
}

/** Heads and scale of an attention; its masked queries have no statistics. */
export type AttendSizes = Omit<AttendOptions<Integers>, "queryMask">;

/**
 * The gradient by queries `[b, n, w]`, from that by the output: the sum over the keys of the parts,
 * which may be a few of those that the statistics are of. Sources have no queries of their own.
 */
export const attendQueryGradient: Operation<
  (
    dy: Floats,
    statistics: AttendStatistics,
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendSizes,
  ) => Floats,
  AttendGradientOperands,
  AttendShape
> = {
  name: "attendQueryGradient",
  plan(dy, statistics, query, parts, options) {
    const plan = planAttendGradient("attendQueryGradient", dy, statistics, query, parts, options);
    if (parts.some(({ sources }) => sources.some((source) => source.query))) {
      throw new TypeError("attendQueryGradient: a source has a query of its own, wanted none");
    }
    return { ...plan, result: floats(query.dims) };
  },
};

/**
 * Checks a gradient of attention.
 *
 * @param operation The operation, for messages.
 * @param dy `[b, n, w]`.
 * @param statistics `[b, n, h]` each.
 * @param query `[b, n, w]`.
 * @param parts Which rows see which keys.
 * @param options Heads and scale.
 * @returns Operands and sizes.
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If a size, a row or a span is out of range.
 */
export function planAttendGradient(
  operation: string,
  dy: Floats,
  { logSum, inner }: AttendStatistics,
  query: Floats,
  parts: readonly AttendPart<Floats, Integers>[],
  options: AttendSizes,
): { readonly operands: AttendGradientOperands; readonly shape: AttendShape } {
  const { operands, shape } = planAttend(operation, query, parts, options);
  const { batch, rows: count, heads } = shape;
  expectDims(operation, "dy", dy, query.dims);
  expectDims(operation, "logSum", logSum, [batch, count, heads]);
  expectDims(operation, "inner", inner, [batch, count, heads]);
  return {
    operands: {
      dy: rows(dy),
      logSum: rows(logSum),
      inner: rows(inner),
      query: operands.query,
      parts: operands.parts,
    },
    shape,
  };
}
