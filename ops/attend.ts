/**
 * Attention over spans of keys.
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

export type {
  AttendOperands,
  AttendOptions,
  AttendShape,
  PartOperands,
  SourceOperands,
} from "./attend_operands.ts";

/**
 * Softmax attention: query `[b, n, w]` → `[b, n, w]`; see {@linkcode AttendPart} for which rows see
 * which keys, and {@linkcode AttendOptions}. Rows of no part, and rows that see no key, are zero.
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
  plan(query, parts, options) {
    return { ...planAttend("attend", query, parts, options), result: floats(query.dims) };
  },
};
