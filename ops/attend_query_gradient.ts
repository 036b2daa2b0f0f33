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
 * The gradient by queries `[b, n, w]`, from that by the output, dy `[b, n, w]`, with statistics
 * `[b, n, h]` each: the sum over the keys of the parts, which may be a few of those that the
 * statistics are of. Sources have no queries of their own.
 *
 * @throws {TypeError} If the shapes do not fit each other, or a source has a query of its own.
 * @throws {RangeError} As {@linkcode attend} does.
 *
 * @example Two values of equal weight, whose mean is 4: a query should move to the second key
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { attendQueryGradient, everything } from "@lsg/core/ops";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const [query, keys, values, dy, logSum, inner] = [[0], [1, 4], [2, 6], [1], [Math.log(2)], [4]]
 *   .map((row) => backend.floats(new Float32Array(row), [1, row.length, 1]));
 * const source = { keys, values, first: 0, count: 2, spans: [everything(2)] };
 * const parts = [{ first: 0, count: 1, sources: [source] }];
 * const statistics = { logSum, inner }; // log(e⁰ + e⁰), and dy times the output
 * const made = backend.run(attendQueryGradient, dy, statistics, query, parts, { heads: 1 });
 * assertAlmostEquals((await made.getData())[0], (2 - 4) / 2 * 1 + (6 - 4) / 2 * 4, 1e-6);
 * ```
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
 *
 * @example Statistics are of each head
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { planAttendGradient } from "@lsg/core/ops";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const query = new Tensor("float32", new Float32Array(8), [1, 2, 4]);
 * const logSum = new Tensor("float32", new Float32Array(4), [1, 2, 2]);
 * const statistics = { logSum, inner: logSum };
 * const plan = (heads: number) =>
 *   planAttendGradient("mine", query, statistics, query, [], { heads });
 * assertEquals([plan(2).shape.width, plan(2).operands.logSum.role], [2, "rows"]);
 * assertThrows(() => plan(1), TypeError, "mine: logSum has the shape [1,2,2], wanted [1,2,1]");
 * ```
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
