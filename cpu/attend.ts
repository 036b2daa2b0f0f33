/**
 * Attention over spans of keys with an online softmax.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend.ts";
import { expectByteKeys } from "../ops/attend_operands.ts";
import { tileOf } from "../ops/attend_tiles.ts";
import { spanRange } from "../ops/span.ts";
import { attendRounded } from "./attend_rounded.ts";
import { type KeptEntries, keptEntries } from "./dropout.ts";
import { roundToBytes } from "./quantize.ts";
import { type CpuMemory, type CpuOperands, floatsOf } from "./roles.ts";
import { limitScore } from "./score.ts";

/** The keys and values that a part sees. */
type Sources = CpuOperands<"attend">["parts"][number]["sources"];

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
  const { batch, rows, heads, width, dropout } = shape;
  const output = new Float32Array(query.length);
  expectByteKeys(parts, (keys) => !(keys instanceof Float32Array));
  const tile = tileOf(parts, rows);
  for (const part of parts) {
    const { first, count, position, sources } = part;
    for (let start = 0; part.weights && start < count; start += tile) {
      const end = Math.min(count, start + tile);
      for (let i = 0; i < batch * heads; i++) {
        const place = { batch: Math.floor(i / heads), head: i % heads, start, end };
        attendRounded({ query, queryMask, part }, shape, place, tile, output);
      }
    }
    for (let b = 0; !part.weights && b < batch; b++) {
      for (let i = 0; i < count; i++) {
        const row = b * rows + first + i;
        if (queryMask && queryMask[row] === 0) continue;
        for (let h = 0; h < heads; h++) {
          const offset = (row * heads + h) * width;
          const keptOf = keptEntries(dropout, (b * heads + h) * rows + first + i);
          attendHead(query, offset, sources, position + i, b, h, keptOf, shape, output);
        }
      }
    }
  }
  return output;
}

/** One query of one head: writes `width` values at `offset`. */
function attendHead(
  query: Float32Array,
  offset: number,
  sources: Sources,
  position: number,
  b: number,
  h: number,
  keptOf: KeptEntries,
  shape: AttendShape,
  output: Float32Array,
): void {
  const { heads, width, keyHeads } = shape;
  const keyHead = Math.floor(h * keyHeads / heads);
  const weighted = new Float64Array(width);
  let maximum = -Infinity;
  let sum = 0;
  let seesKeys = false;
  for (const source of sources) {
    const { keys, rows, first, count, mask, isPerHead, number, spans } = source;
    const values = floatsOf(source.values);
    const scoreOf = scorer((source.query ?? query).subarray(offset, offset + width), keys, shape);
    const maskStart = (isPerHead ? b * heads + h : b) * count;
    for (const span of spans) {
      const [start, end] = spanRange(span, position, count);
      for (let j = start; j < end; j++) {
        if (mask && mask[maskStart + j] === 0) continue;
        const key = ((b * rows + first + j) * keyHeads + keyHead) * width;
        const score = scoreOf(key);
        seesKeys = true;
        if (score > maximum) {
          const shrink = Math.exp(maximum - score);
          sum *= shrink;
          for (let d = 0; d < width; d++) weighted[d] *= shrink;
          maximum = score;
        }
        const weight = score === -Infinity ? 0 : Math.exp(score - maximum);
        sum += weight;
        const kept = weight * keptOf(number + j);
        for (let d = 0; d < width; d++) weighted[d] += kept * values[key + d];
      }
    }
  }
  if (!seesKeys) return;
  for (let d = 0; d < width; d++) output[offset + d] = weighted[d] / sum;
}

/** The scores of one query, by where keys start. */
function scorer(
  query: Float32Array,
  keys: CpuMemory,
  { width, scale }: AttendShape,
): (key: number) => number {
  if (keys instanceof Float32Array) {
    return (key) => {
      let score = 0;
      for (let d = 0; d < width; d++) score += query[d] * keys[key + d];
      return limitScore(score * scale);
    };
  }
  const { fround } = Math;
  const integers = new Int8Array(width);
  const step = fround(roundToBytes(query, integers) * fround(scale));
  return (key) => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += integers[d] * keys.values[key + d];
    return fround(fround(sum * step) * keys.steps[key / width]);
  };
}
