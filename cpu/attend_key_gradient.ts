/**
 * The gradient of attention by keys and values.
 *
 * @module
 */
import type { AttendKeyShape } from "../ops/attend_key_gradient.ts";
import { spanQueries } from "../ops/span.ts";
import { type CpuSource, keyOffset, plainRows, scoreOf, sees, weightOf } from "./attend_score.ts";
import { keptEntries } from "./dropout.ts";
import type { CpuOperands } from "./roles.ts";

type Part = CpuOperands<"attendKeyGradient">["parts"][number];

/**
 * `dk = scale·Σ p·(z·dy·v − D)·q` and `dv = Σ p·z·dy` over the queries that see a key, with
 * `p = exp(s − L)` and the factor `z` of dropout: the sweep over keys. Keys that no query sees get
 * zeros.
 *
 * @param operands dy and query `[batch, rows, heads·width]`; logSum `L` and inner `D`
 * `[batch, rows, heads]`; parts: which rows see which keys, all of the same tensors.
 * @param shape Sizes and scale.
 * @returns `[batch, keyRows, keyHeads·width]` each.
 *
 * @example A value that one query sees alone
 * ```ts
 * import { attendKeyGradient } from "@lsg/core/cpu";
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
 * const made = attendKeyGradient(operands, { ...sizes, keyRows: 1 });
 * assertEquals([made.keys[0], made.values[0]], [0, 2]);
 * ```
 */
export function attendKeyGradient(
  { dy, logSum, inner, query, parts }: CpuOperands<"attendKeyGradient">,
  shape: AttendKeyShape,
): { readonly keys: Float32Array; readonly values: Float32Array } {
  const { batch, rows, heads, width, keyHeads, keyRows, scale, dropout } = shape;
  // Sums of several sources and parts, in float64 until the end.
  const dKeys = new Float64Array(batch * keyRows * keyHeads * width);
  const dValues = new Float64Array(dKeys.length);
  for (const part of parts) {
    for (const source of part.sources) {
      for (let b = 0; b < batch; b++) {
        for (let j = 0; j < source.count; j++) {
          for (let h = 0; h < heads; h++) {
            if (sees(source, b, h, j, shape)) addKey(part, source, b, h, j);
          }
        }
      }
    }
  }
  return { keys: new Float32Array(dKeys), values: new Float32Array(dValues) };

  /** Adds what one head of the queries gives to one key and its value. */
  function addKey(
    { first, count, position }: Part,
    source: CpuSource,
    b: number,
    h: number,
    j: number,
  ) {
    const key = keyOffset(source, b, h, j, shape);
    const q = source.query ?? query;
    const values = plainRows(source.values);
    for (const span of source.spans) {
      const [from, after] = spanQueries(span, j, position, count);
      for (let at = from; at < after; at++) {
        const place = first + at - position;
        const row = (b * rows + place) * heads + h;
        if (logSum[row] === -Infinity) continue;
        const score = scoreOf(q, row * width, source.keys, key, shape);
        const weight = weightOf(score, logSum[row]);
        if (weight === 0) continue; // nothing, of infinity too
        let passed = 0;
        for (let d = 0; d < width; d++) passed += dy[row * width + d] * values[key + d];
        const kept = keptEntries(dropout, (b * heads + h) * rows + place)(source.number + j);
        const ds = scale * weight * (kept * passed - inner[row]);
        for (let d = 0; d < width; d++) {
          dKeys[key + d] += ds * q[row * width + d];
          dValues[key + d] += kept * weight * dy[row * width + d];
        }
      }
    }
  }
}
