/**
 * The gradient of attention by everything.
 *
 * @module
 */
import type { AttendGradientShape } from "../ops/attend_gradient.ts";
import { attendKeyGradient } from "./attend_key_gradient.ts";
import { attendQueryGradient } from "./attend_query_gradient.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * The sweep over queries, and one over keys for each pair of keys and values.
 *
 * @param operands dy and query `[batch, rows, heads·width]`; logSum and inner `[batch, rows, heads]`;
 * parts: which rows see which keys.
 * @param shape Sizes and scale, and the pair of each source.
 * @returns `query`, and `keys` and `values` with the number of each pair.
 *
 * @example
 * ```ts
 * import { attendGradient } from "@lsg/core/cpu";
 * import { everything } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const [query, keys, values] = [[1], [3], [5]].map((row) => new Float32Array(row));
 * const source = { keys, values, first: 0, count: 1, rows: 1, isPerHead: false, number: 0 };
 * const sources = [{ ...source, spans: [everything(1)] }];
 * const parts = [{ first: 0, count: 1, position: 0, sources }];
 * const statistics = { logSum: new Float32Array([3]), inner: new Float32Array([10]) };
 * const sizes = { batch: 1, rows: 1, heads: 1, width: 1, keyHeads: 1, scale: 1 };
 * const operands = { dy: new Float32Array([2]), ...statistics, query, parts };
 * const made = attendGradient(operands, { ...sizes, pairs: [[0]], keyRows: [1] });
 * assertEquals([made.query[0], made.keys0[0], made.values0[0]], [0, 0, 2]);
 * ```
 */
export function attendGradient(
  { parts, ...operands }: CpuOperands<"attendGradient">,
  { pairs, keyRows, ...shape }: AttendGradientShape,
): { readonly [name: string]: Float32Array } {
  const made: Record<string, Float32Array> = {
    query: attendQueryGradient({ ...operands, parts }, shape),
  };
  keyRows.forEach((rows, pair) => {
    const seen = parts.map((part, p) => ({
      ...part,
      sources: part.sources.filter((_, s) => pairs[p]?.[s] === pair),
    }));
    const { keys, values } = attendKeyGradient(
      { ...operands, parts: seen },
      { ...shape, keyRows: rows },
    );
    made[`keys${pair}`] = keys;
    made[`values${pair}`] = values;
  });
  return made;
}
