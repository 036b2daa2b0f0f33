/**
 * The gradient of attention by keys and values.
 *
 * @module
 */
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
 * The gradients by keys and values `[b, m, keyHeads·d]`, from that by the output: the sum over the
 * queries that see them. All sources of the parts are of the same keys and values.
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

function isSame(a: Floats, b: Floats): boolean {
  return a.storage === b.storage && String(a.dims) === String(b.dims);
}
