/**
 * The gradient of attention by its queries.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend_operands.ts";
import { spanRange } from "../ops/span.ts";
import { keyOffset, plainRows, scoreOf, sees, weightOf } from "./attend_score.ts";
import { keptEntries } from "./dropout.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `dq = scale·Σ p·(z·dy·v − D)·k` over the keys that a query sees, with `p = exp(s − L)` and the
 * factor `z` of dropout: the sweep over queries. Rows that see no key get zeros.
 *
 * @param operands dy and query `[batch, rows, heads·width]`; logSum `L` and inner `D`
 * `[batch, rows, heads]`; parts: which rows see which keys.
 * @param shape Sizes and scale.
 * @returns `[batch, rows, heads·width]`.
 *
 * @example A query that sees one key has no choice
 * ```ts
 * import { attendQueryGradient } from "@lsg/core/cpu";
 * import { everything } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const [query, keys, values] = [[1], [3], [5]].map((row) => new Float32Array(row));
 * const source = { keys, values, first: 0, count: 1, rows: 1, isPerHead: false, number: 0 };
 * const sources = [{ ...source, spans: [everything(1)] }];
 * const parts = [{ first: 0, count: 1, position: 0, sources }];
 * const statistics = { logSum: new Float32Array([3]), inner: new Float32Array([5]) };
 * const shape = { batch: 1, rows: 1, heads: 1, width: 1, keyHeads: 1, scale: 1 };
 * const dy = new Float32Array([1]);
 * assertEquals([...attendQueryGradient({ dy, ...statistics, query, parts }, shape)], [0]);
 * ```
 */
export function attendQueryGradient(
  { dy, logSum, inner, query, parts }: CpuOperands<"attendQueryGradient">,
  shape: AttendShape,
): Float32Array {
  const { batch, rows, heads, width, scale, dropout } = shape;
  const result = new Float32Array(query.length);
  for (const { first, count, position, sources } of parts) {
    for (let b = 0; b < batch; b++) {
      for (let i = 0; i < count; i++) {
        for (let h = 0; h < heads; h++) {
          const row = (b * rows + first + i) * heads + h;
          if (logSum[row] === -Infinity) continue;
          const keptOf = keptEntries(dropout, (b * heads + h) * rows + first + i);
          const sum = new Float64Array(width);
          for (const source of sources) {
            const [keys, values] = [source.keys, source.values].map(plainRows);
            for (const span of source.spans) {
              const [start, end] = spanRange(span, position + i, source.count);
              for (let j = start; j < end; j++) {
                if (!sees(source, b, h, j, shape)) continue;
                const key = keyOffset(source, b, h, j, shape);
                const score = scoreOf(query, row * width, source.keys, key, shape);
                const weight = weightOf(score, logSum[row]);
                if (weight === 0) continue; // nothing, of infinity too
                let passed = 0;
                for (let d = 0; d < width; d++) {
                  passed += dy[row * width + d] * values[key + d];
                }
                passed *= keptOf(source.number + j);
                const ds = scale * weight * (passed - inner[row]);
                for (let d = 0; d < width; d++) sum[d] += ds * keys[key + d];
              }
            }
          }
          result.set(sum, row * width);
        }
      }
    }
  }
  return result;
}
