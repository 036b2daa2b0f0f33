/**
 * What the gradients of attention need of each query.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend_operands.ts";
import { spanRange } from "../ops/span.ts";
import { keyOffset, scoreOf, sees } from "./attend_score.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `L = log Σ exp(s)` over the keys that a query sees, `−∞` if it sees none, and `D = Σ dy·y`.
 *
 * @param operands dy, y and query `[batch, rows, heads·width]`; parts: which rows see which keys;
 * queryMask `[batch, rows]`: rows with 0 see none.
 * @param shape Sizes and scale.
 * @returns `[batch, rows, heads]` each.
 *
 * @example Two keys of equal scores
 * ```ts
 * import { attendStatistics } from "@lsg/core/cpu";
 * import { everything } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const [query, keys, y] = [[1], [3, 3], [2]].map((values) => new Float32Array(values));
 * const rows = { keys, values: keys, first: 0, count: 2, rows: 2, number: 0 };
 * const source = { ...rows, isPerHead: false, spans: [everything(2)] };
 * const parts = [{ first: 0, count: 1, position: 0, sources: [source] }];
 * const shape = { batch: 1, rows: 1, heads: 1, width: 1, keyHeads: 1, scale: 1 };
 * const { logSum, inner } = attendStatistics({ query, dy: y, y, parts }, shape);
 * assertEquals([logSum[0], inner[0]], [Math.fround(3 + Math.log(2)), 4]);
 * ```
 */
export function attendStatistics(
  { dy, y, query, queryMask, parts }: CpuOperands<"attendStatistics">,
  shape: AttendShape,
): { readonly logSum: Float32Array; readonly inner: Float32Array } {
  const { batch, rows, heads, width } = shape;
  const logSum = new Float32Array(batch * rows * heads).fill(-Infinity);
  const inner = new Float32Array(batch * rows * heads);
  for (let i = 0; i < inner.length; i++) {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += dy[i * width + d] * y[i * width + d];
    inner[i] = sum;
  }
  for (const { first, count, position, sources } of parts) {
    for (let b = 0; b < batch; b++) {
      for (let i = 0; i < count; i++) {
        const row = b * rows + first + i;
        if (queryMask && queryMask[row] === 0) continue;
        for (let h = 0; h < heads; h++) {
          const offset = (row * heads + h) * width;
          logSum[row * heads + h] = logSumOf(query, offset, sources, position + i, b, h, shape);
        }
      }
    }
  }
  return { logSum, inner };
}

/** `log Σ exp(s)` of one query of one head. */
function logSumOf(
  query: Float32Array,
  offset: number,
  sources: CpuOperands<"attendStatistics">["parts"][number]["sources"],
  position: number,
  b: number,
  h: number,
  shape: AttendShape,
): number {
  let maximum = -Infinity;
  let sum = 0;
  let seesKeys = false;
  for (const source of sources) {
    for (const span of source.spans) {
      const [start, end] = spanRange(span, position, source.count);
      for (let j = start; j < end; j++) {
        if (!sees(source, b, h, j, shape)) continue;
        const score = scoreOf(
          source.query ?? query,
          offset,
          source.keys,
          keyOffset(source, b, h, j, shape),
          shape,
        );
        seesKeys = true;
        if (score > maximum) {
          sum *= Math.exp(maximum - score);
          maximum = score;
        }
        sum += score === -Infinity ? 0 : Math.exp(score - maximum);
      }
    }
  }
  if (!seesKeys) return -Infinity;
  // As the output: scores that are all −∞ have no weights.
  return maximum === -Infinity ? NaN : maximum + Math.log(sum);
}
