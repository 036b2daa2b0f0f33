/**
 * Attention over spans of keys with an online softmax.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend.ts";
import { expectByteKeys } from "../ops/attend_operands.ts";
import { tileOf } from "../ops/attend_tiles.ts";
import { attendPart } from "./attend_floats.ts";
import { attendRounded } from "./attend_rounded.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `softmax(q·k·scale)·v` over the keys that each query sees, in one pass without a score matrix.
 *
 * A running maximum `m` keeps the exponents small: the sums of `exp(s − m)` and `exp(s − m)·v` so
 * far are scaled by `exp(m − m′)` whenever a score raises it to `m′` (Milakov and Gimelshein,
 * 2018). Masked keys are never read. A query that sees no key gets zeros. A score beyond the range of
 * float32 is infinite, as it is on the other backends: NaN if it is the largest. Dropout multiplies
 * weights by `z`, 0 or `1/(1 − rate)`, but not their sum.
 *
 * Of keys that are held in 8 bits the score is a product of integers, whose sum is exact: the query is
 * rounded as they were, and the two steps, the query's times the scale, are multiplied to it one after
 * the other in float32. Parts whose weights are rounded, too, are computed as `attendRounded` says.
 *
 * @param operands query `[batch, rows, heads·width]`; parts: which rows see which keys; queryMask
 * `[batch, rows]`: rows with 0 give zeros.
 * @param shape Sizes and scale.
 * @returns `[batch, rows, heads·width]`; rows of no part are zero.
 *
 * @example Two tokens, the second one masked
 * ```ts
 * import { attend } from "@lsg/core/cpu";
 * import { everything } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const query = new Float32Array([1, 2]);
 * const mask = new Int32Array([1, 0]);
 * const rows = { keys: query, values: query, first: 0, count: 2, rows: 2, number: 0 };
 * const source = { ...rows, mask, isPerHead: false, spans: [everything(2)] };
 * const parts = [{ first: 0, count: 2, position: 0, sources: [source] }];
 * const shape = { batch: 1, rows: 2, heads: 1, width: 1, keyHeads: 1, scale: 1 };
 * const output = attend({ query, parts }, shape);
 * assertEquals([...output], [1, 1]);
 * ```
 */
export function attend(
  { query, queryMask, parts }: CpuOperands<"attend">,
  shape: AttendShape,
): Float32Array {
  const { batch, rows, heads } = shape;
  const output = new Float32Array(query.length);
  expectByteKeys(parts, (keys) => !(keys instanceof Float32Array));
  const tile = tileOf(parts, rows);
  for (const part of parts) {
    if (!part.weights) {
      attendPart({ query, queryMask }, part, shape, output);
      continue;
    }
    for (let start = 0; start < part.count; start += tile) {
      const end = Math.min(part.count, start + tile);
      for (let i = 0; i < batch * heads; i++) {
        const place = { batch: Math.floor(i / heads), head: i % heads, start, end };
        attendRounded({ query, queryMask, part }, shape, place, tile, output);
      }
    }
  }
  return output;
}
