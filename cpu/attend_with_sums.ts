/**
 * Attention over spans of keys, with what its gradients need of it.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend_operands.ts";
import { spanRange } from "../ops/span.ts";
import { attend } from "./attend.ts";
import { keyOffset, scoreOf, sees } from "./attend_score.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * What `attend` gives, and `L = log Σ exp(s)` over the keys that a query sees, `−∞` if it sees none.
 *
 * @param operands query `[batch, rows, heads·width]`; parts: which rows see which keys; queryMask
 * `[batch, rows]`: rows with 0 see none.
 * @param shape Sizes and scale.
 * @returns output `[batch, rows, heads·width]` and logSum `[batch, rows, heads]`.
 *
 * @example Two keys of equal scores
 * ```ts
 * import { attendWithSums } from "@lsg/core/cpu";
 * import { everything } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const [query, keys] = [[1], [3, 3]].map((values) => new Float32Array(values));
 * const rows = { keys, values: keys, first: 0, count: 2, rows: 2, number: 0 };
 * const source = { ...rows, isPerHead: false, spans: [everything(2)] };
 * const parts = [{ first: 0, count: 1, position: 0, sources: [source] }];
 * const shape = { batch: 1, rows: 1, heads: 1, width: 1, keyHeads: 1, scale: 1 };
 * const { output, logSum } = attendWithSums({ query, parts }, shape);
 * assertEquals([output[0], logSum[0]], [3, Math.fround(3 + Math.log(2))]);
 * ```
 */
export function attendWithSums(
  operands: CpuOperands<"attendWithSums">,
  shape: AttendShape,
): { readonly output: Float32Array; readonly logSum: Float32Array } {
  const { query, queryMask, parts } = operands;
  const { batch, rows, heads, width } = shape;
  const logSum = new Float32Array(batch * rows * heads).fill(-Infinity);
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
  return { output: attend(operands, shape), logSum };
}

/** `log Σ exp(s)` of one query of one head. */
function logSumOf(
  query: Float32Array,
  offset: number,
  sources: CpuOperands<"attendWithSums">["parts"][number]["sources"],
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
