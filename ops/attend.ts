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
 *
 * @throws {TypeError} If the shapes do not fit each other, or weights are rounded to 8 bits where
 * keys are not, or with dropout.
 * @throws {RangeError} If a size, a row, a span, a mask, the scale or the dropout is out of range,
 * two parts have a row in common, or `keyHeads` does not divide `heads`.
 *
 * @example Weights are the softmax of the scores
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { attend, everything } from "@lsg/core/ops";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const query = backend.floats(new Float32Array([1]), [1, 1, 1]);
 * const keys = backend.floats(new Float32Array([0, Math.log(3)]), [1, 2, 1]);
 * const values = backend.floats(new Float32Array([0, 8]), [1, 2, 1]);
 * const source = { keys, values, first: 0, count: 2, spans: [everything(2)] };
 * const parts = [{ first: 0, count: 1, sources: [source] }];
 * const y = backend.run(attend, query, parts, { heads: 1 });
 * assertAlmostEquals((await y.getData())[0], 1 / 4 * 0 + 3 / 4 * 8, 1e-6);
 * ```
 *
 * @example A global token, and a window of each token and the one before it
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { attend, everything, slidingWindow } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const zeros = backend.floats(new Float32Array(4), [1, 4, 1]); // so all scores are equal
 * const values = backend.floats(new Float32Array([9, 1, 2, 4]), [1, 4, 1]);
 * const rows = { keys: zeros, values };
 * const globals = { ...rows, first: 0, count: 1, spans: [everything(1)] };
 * const local = { ...rows, first: 1, count: 3, spans: [slidingWindow(1, 0)] };
 * const parts = [{ first: 1, count: 3, sources: [globals, local] }];
 * const y = backend.run(attend, zeros, parts, { heads: 1 });
 * // Row 0 is in no part; the others are the means of 9 and 1, of 9, 1 and 2, and of 9, 2 and 4.
 * assertEquals([...await y.getData()], [0, 5, 4, 5]);
 * ```
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
