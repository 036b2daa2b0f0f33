/**
 * Attention whose weights are floats: a loop over the keys that each query sees.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend.ts";
import { spanRange } from "../ops/span.ts";
import { type KeptEntries, keptEntries } from "./dropout.ts";
import { roundToBytes } from "./quantize.ts";
import { type CpuMemory, type CpuOperands, floatsOf } from "./roles.ts";
import { limitScore } from "./score.ts";

/** A group of rows, and what they see. */
type Part = CpuOperands<"attend">["parts"][number];

/** The keys and values that a part sees. */
type Sources = Part["sources"];

/**
 * What `attend` computes of parts whose weights are floats, as all are but those of `dtype: "q8"`.
 *
 * @param operands The operands of `attend`.
 * @param shape Sizes and scale.
 * @returns `[batch, rows, heads·width]`; rows of no part are zero.
 * @throws {TypeError} If a part has other weights.
 */
export function attendFloats(operands: CpuOperands<"attend">, shape: AttendShape): Float32Array {
  const output = new Float32Array(operands.query.length);
  for (const part of operands.parts) {
    if (part.weights) throw new TypeError("attend: weights in 8 bits, wanted floats");
    attendPart(operands, part, shape, output);
  }
  return output;
}

/**
 * Computes the rows of a part.
 *
 * @param operands query and queryMask of `attend`.
 * @param part The part.
 * @param shape Sizes and scale.
 * @param output `[batch, rows, heads·width]`, to which its rows are written.
 */
export function attendPart(
  { query, queryMask }: Pick<CpuOperands<"attend">, "query" | "queryMask">,
  { first, count, position, sources }: Part,
  shape: AttendShape,
  output: Float32Array,
): void {
  const { batch, rows, heads, width, dropout } = shape;
  for (let b = 0; b < batch; b++) {
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
