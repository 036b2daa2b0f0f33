/**
 * The gradient of attention by keys and values.
 *
 * @module
 */
import { isSame } from "./attend_gradient.ts";
import type { AttendShape } from "./attend_operands.ts";
import type { AttendPart } from "./attend_plan.ts";
import {
  type AttendGradientOperands,
  type AttendSizes,
  type AttendStatistics,
  planAttendGradient,
} from "./attend_query_gradient.ts";
import { type Floats, floats, type Integers, type Operation } from "./operation.ts";

/** Sizes and settings of the gradient by keys. */
export interface AttendKeyShape extends AttendShape {
  /** Rows of keys and values in each sequence. */
  readonly keyRows: number;
}

/**
 * The gradients by keys and values `[b, m, keyHeads·d]`, from that by the output, dy `[b, n, w]`,
 * with query `[b, n, w]` and statistics `[b, n, h]` each: the sum over the queries that see them.
 * All sources of the parts are of the same keys and values.
 *
 * @throws {TypeError} If the shapes do not fit each other, or there is no source, or sources of
 * several keys or values.
 * @throws {RangeError} As {@linkcode attend} does.
 *
 * @example Two values of equal weight, whose mean is 4
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { attendKeyGradient, everything } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const [query, keys, values, dy, logSum, inner] = [[3], [0, 0], [2, 6], [1], [Math.log(2)], [4]]
 *   .map((row) => backend.floats(new Float32Array(row), [1, row.length, 1]));
 * const source = { keys, values, first: 0, count: 2, spans: [everything(2)] };
 * const parts = [{ first: 0, count: 1, sources: [source] }];
 * const statistics = { logSum, inner }; // log(e⁰ + e⁰), and dy times the output
 * const made = backend.run(attendKeyGradient, dy, statistics, query, parts, { heads: 1 });
 * const [byKeys, byValues] = [await made.keys.getData(), await made.values.getData()];
 * assertEquals([...byKeys].map((value) => value.toFixed(3)), ["-3.000", "3.000"]); // (v − 4)/2·3
 * assertEquals([...byValues].map((value) => value.toFixed(3)), ["0.500", "0.500"]);
 * ```
 */
export const attendKeyGradient: Operation<
  (
    dy: Floats,
    statistics: AttendStatistics,
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendSizes,
  ) => { readonly keys: Floats; readonly values: Floats },
  AttendGradientOperands,
  AttendKeyShape
> = {
  name: "attendKeyGradient",
  plan(dy, statistics, query, parts, options) {
    const { operands, shape } = planAttendGradient(
      "attendKeyGradient",
      dy,
      statistics,
      query,
      parts,
      options,
    );
    const [first, ...others] = parts.flatMap(({ sources }) => sources);
    if (!first) throw new TypeError("attendKeyGradient: got no source, wanted one or more");
    const { keys, values } = first;
    for (const other of others) {
      if (isSame(other.keys, keys) && isSame(other.values, values)) continue;
      throw new TypeError("attendKeyGradient: sources of several keys or values, wanted one");
    }
    const outline = floats(keys.dims);
    return {
      operands,
      shape: { ...shape, keyRows: keys.dims[1] },
      result: { keys: outline, values: outline },
    };
  },
};
