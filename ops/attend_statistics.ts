/**
 * What the gradients of attention need of each query.
 *
 * @module
 */
import {
  type AttendOperands,
  type AttendOptions,
  type AttendShape,
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

/** Two numbers of each head of each query. */
export type AttendStatistics = {
  /** `[b, n, h]`: `log Σ exp(score)` over all keys that it sees; −∞ if it sees none. */
  readonly logSum: Floats;
  /** `[b, n, h]`: `dy·y`, the mean of the gradients by its weights. */
  readonly inner: Floats;
};

/** The gradient by the output, and the output, beside the operands of the attention. */
export interface AttendStatisticsOperands extends AttendOperands {
  /** `[b, n, w]`. */
  readonly dy: Operand<"rows">;
  /** `[b, n, w]`. */
  readonly y: Operand<"rows">;
}

/** The statistics of an attention: dy, y and query `[b, n, w]` → `[b, n, h]` each. */
export const attendStatistics: Operation<
  (
    dy: Floats,
    y: Floats,
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendOptions<Integers>,
  ) => AttendStatistics,
  AttendStatisticsOperands,
  AttendShape
> = {
  name: "attendStatistics",
  plan(dy, y, query, parts, options) {
    const { operands, shape } = planAttend("attendStatistics", query, parts, options);
    expectDims("attendStatistics", "dy", dy, query.dims);
    expectDims("attendStatistics", "y", y, query.dims);
    const { batch, rows: count, heads } = shape;
    const outline = floats([batch, count, heads]);
    return {
      operands: { ...operands, dy: rows(dy), y: rows(y) },
      shape,
      result: { logSum: outline, inner: outline },
    };
  },
};
