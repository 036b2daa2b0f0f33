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

/**
 * What `attend` gives, with the logarithms of its sums: query `[b, n, w]` → output `[b, n, w]`,
 * logSum `[b, n, h]`.
 *
 * @throws {TypeError} If the shapes do not fit each other, or weights are rounded to 8 bits.
 * @throws {RangeError} As {@linkcode attend} does.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { attendWithSums, everything } from "@lsg/core/ops";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const zeros = backend.floats(new Float32Array(2), [1, 2, 1]); // so all scores are 0
 * const values = backend.floats(new Float32Array([2, 4]), [1, 2, 1]);
 * const source = { keys: zeros, values, first: 0, count: 2, spans: [everything(2, true)] };
 * const parts = [{ first: 0, count: 2, sources: [source] }];
 * const { output, logSum } = backend.run(attendWithSums, zeros, parts, { heads: 1 });
 * assertEquals([...await output.getData()], [2, 3]);
 * const [first, second] = await logSum.getData();
 * assertAlmostEquals(first, Math.log(1), 1e-6);
 * assertAlmostEquals(second, Math.log(2), 1e-6);
 * ```
 */
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
