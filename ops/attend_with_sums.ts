/**
 * Attention over spans of keys, with what its gradients need of it.
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
import { type Floats, floats, type Integers, type Operation } from "./operation.ts";

/** The output of an attention, and the logarithm of the sum that each of its softmaxes divides by. */
export type AttendWithSums = {
  /** `[b, n, w]`. */
  readonly output: Floats;
  /** `[b, n, h]`: `log Σ exp(score)` over all keys that a row sees; −∞ if it sees none. */
  readonly logSum: Floats;
};

/** What `attend` gives, with the logarithms of its sums: query `[b, n, w]` → `[b, n, w]`, `[b, n, h]`. */
export const attendWithSums: Operation<
  (
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendOptions<Integers>,
  ) => AttendWithSums,
  AttendOperands,
  AttendShape
> = {
  name: "attendWithSums",
  plan(query, parts, options) {
    const { operands, shape } = planAttend("attendWithSums", query, parts, options);
    const { batch, rows, heads } = shape;
    const result = { output: floats(query.dims), logSum: floats([batch, rows, heads]) };
    return { operands, shape, result };
  },
};
