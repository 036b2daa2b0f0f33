/**
 * Attention over spans of keys with an online softmax.
 *
 * @module
 */
import type { AttendPart, KeySource } from "../ops/attend_plan.ts";
import { spanRange } from "../ops/span.ts";
import { checkLength, checkMask } from "../ops/checks.ts";

/** Keys and values on the CPU. */
export type CpuKeySource = KeySource<Float32Array, Int32Array>;

/** Query rows and what they see, on the CPU. */
export type CpuAttendPart = AttendPart<Float32Array, Int32Array>;

/** The shape of an attention and what holds for all its parts. */
export interface AttendShape {
  /** Sequences. */
  readonly batch: number;
  /** Query rows of each sequence. */
  readonly rows: number;
  /** Heads of the queries. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
  /** Heads of keys and values; query head `i` uses `⌊i·keyHeads/heads⌋`. As many if absent. */
  readonly keyHeads?: number;
  /** Factor of `q·k`; `1/√width` if absent. */
  readonly scale?: number;
  /** `[batch, rows]`: query rows with 0 give zeros. Absent: none. */
  readonly queryMask?: Int32Array;
}

/**
 * `softmax(q·k·scale)·v` over the keys that each query sees, in one pass without a score matrix.
 *
 * A running maximum `m` keeps the exponents small: the sums of `exp(s − m)` and `exp(s − m)·v` so
 * far are scaled by `exp(m − m′)` whenever a score raises it to `m′` (Milakov and Gimelshein,
 * 2018). Masked keys are never read. A query that sees no key gets zeros.
 *
 * @param query `[batch, rows, heads·width]`.
 * @param parts Which rows see which keys; rows of no part get zeros.
 * @param shape Sizes, scale and query mask.
 * @returns `[batch, rows, heads·width]`.
 * @throws {RangeError} If an array does not fit the shape or a mask holds something else than 0
 * and 1.
 *
 * @example Two tokens, the second one masked
 * ```ts
 * import { attend } from "@lsg/core/cpu";
 * import { everything } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = new Float32Array([1, 2]);
 * const mask = new Int32Array([1, 0]);
 * const source = { keys: rows, values: rows, first: 0, count: 2, mask, spans: [everything(2)] };
 * const parts = [{ first: 0, count: 2, sources: [source] }];
 * const output = attend(rows, parts, { batch: 1, rows: 2, heads: 1, width: 1 });
 * assertEquals([...output], [1, 1]);
 * ```
 */
export function attend(
  query: Float32Array,
  parts: readonly CpuAttendPart[],
  shape: AttendShape,
): Float32Array {
  const { batch, rows, heads, width, queryMask } = shape;
  const rowWidth = heads * width;
  checkLength("attend", "query", query, [batch, rows, rowWidth]);
  if (queryMask) checkMask("attend", "queryMask", queryMask, [batch, rows]);
  for (const part of parts) checkPart(part, shape);

  const output = new Float32Array(query.length);
  for (const part of parts) {
    for (let b = 0; b < batch; b++) {
      for (let i = 0; i < part.count; i++) {
        const row = part.first + i;
        if (queryMask && queryMask[b * rows + row] === 0) continue;
        for (let h = 0; h < heads; h++) {
          const offset = (b * rows + row) * rowWidth + h * width;
          const place = (part.place ?? 0) + i;
          attendHead(query, offset, part.sources, place, b, h, shape, output);
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
  sources: readonly CpuKeySource[],
  place: number,
  b: number,
  h: number,
  shape: AttendShape,
  output: Float32Array,
): void {
  const { batch, heads, width, keyHeads = heads, scale = 1 / Math.sqrt(width) } = shape;
  const keyHead = Math.floor(h * keyHeads / heads);
  const weighted = new Float64Array(width);
  let maximum = -Infinity;
  let sum = 0;
  for (const source of sources) {
    const { keys, values, first, count, mask } = source;
    const q = source.query ?? query;
    const sourceRows = keys.length / (batch * keyHeads * width);
    const maskHeads = mask ? mask.length / (batch * count) : 1;
    const maskStart = (b * maskHeads + (maskHeads > 1 ? h : 0)) * count;
    for (const span of source.spans) {
      const [start, end] = spanRange(span, place, count);
      for (let j = start; j < end; j++) {
        if (mask && mask[maskStart + j] === 0) continue;
        const key = ((b * sourceRows + first + j) * keyHeads + keyHead) * width;
        let score = 0;
        for (let d = 0; d < width; d++) score += q[offset + d] * keys[key + d];
        score *= scale;
        if (score > maximum) {
          const shrink = Math.exp(maximum - score);
          sum *= shrink;
          for (let d = 0; d < width; d++) weighted[d] *= shrink;
          maximum = score;
        }
        const weight = Math.exp(score - maximum);
        sum += weight;
        for (let d = 0; d < width; d++) weighted[d] += weight * values[key + d];
      }
    }
  }
  if (sum === 0) return;
  for (let d = 0; d < width; d++) output[offset + d] = weighted[d] / sum;
}

function checkPart(part: CpuAttendPart, shape: AttendShape): void {
  const { batch, rows, heads, width, keyHeads = heads } = shape;
  if (part.first < 0 || part.count < 0 || part.first + part.count > rows) {
    throw new RangeError(
      `Cannot attend from query rows ${part.first} … ${part.first + part.count - 1}: there are ` +
        `${rows}`,
    );
  }
  for (const { keys, values, first, count, mask, query } of part.sources) {
    const sourceRows = keys.length / (batch * keyHeads * width);
    checkLength("attend", "keys", keys, [batch, Math.floor(sourceRows), keyHeads * width]);
    checkLength("attend", "values", values, [batch, sourceRows, keyHeads * width]);
    if (first < 0 || count < 0 || first + count > sourceRows) {
      throw new RangeError(
        `Cannot attend to key rows ${first} … ${first + count - 1}: there are ${sourceRows}`,
      );
    }
    if (mask) {
      const perHead = mask.length !== batch * count;
      checkMask("attend", "mask", mask, perHead ? [batch, heads, count] : [batch, count]);
    }
    if (query) checkLength("attend", "query of a source", query, [batch, rows, heads * width]);
  }
}
