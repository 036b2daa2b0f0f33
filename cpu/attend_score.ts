/**
 * Scores of attention over spans, as its gradients compute them again.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend_operands.ts";
import type { CpuMemory, CpuOperands } from "./roles.ts";
import { limitScore } from "./score.ts";

/** The keys and values that a part sees. */
export type CpuSource = CpuOperands<"attendWithSums">["parts"][number]["sources"][number];

/**
 * Tells whether a head sees an entry.
 *
 * @param source The entries.
 * @param b The sequence.
 * @param h The query's head.
 * @param j The entry.
 * @param shape Sizes.
 * @returns False if it is masked.
 */
export function sees(
  { mask, isPerHead, count }: CpuSource,
  b: number,
  h: number,
  j: number,
  { heads }: Pick<AttendShape, "heads">,
): boolean {
  return !mask || mask[(isPerHead ? b * heads + h : b) * count + j] !== 0;
}

/**
 * Where the key and the value of an entry start, for a head of the queries.
 *
 * @param source The entries.
 * @param b The sequence.
 * @param h The query's head.
 * @param j The entry.
 * @param shape Sizes.
 * @returns The index of the first column.
 */
export function keyOffset(
  { rows, first }: CpuSource,
  b: number,
  h: number,
  j: number,
  { heads, keyHeads, width }: Pick<AttendShape, "heads" | "keyHeads" | "width">,
): number {
  return ((b * rows + first + j) * keyHeads + Math.floor(h * keyHeads / heads)) * width;
}

/**
 * The weight of a score, `exp(s − L)`; at most 1, however `L` was rounded.
 *
 * @param score The score, `s`.
 * @param logSum The logarithm of the sum of all, `L`.
 * @returns From 0 to 1, or NaN.
 */
export function weightOf(score: number, logSum: number): number {
  return Math.exp(Math.min(0, score - logSum));
}

/**
 * `scale·q·k`, summed in float64, infinite beyond the range of float32.
 *
 * @param query The queries.
 * @param q Where the query starts.
 * @param keys The keys.
 * @param k Where the key starts.
 * @param shape Width of a head and scale.
 * @returns The score.
 */
export function scoreOf(
  query: Float32Array,
  q: number,
  memory: CpuMemory,
  k: number,
  { width, scale }: Pick<AttendShape, "width" | "scale">,
): number {
  const keys = plainRows(memory);
  let score = 0;
  for (let d = 0; d < width; d++) score += query[q + d] * keys[k + d];
  return limitScore(score * scale);
}

/**
 * Keys or values that are held in float32: gradients are of nothing else.
 *
 * @param memory Keys or values.
 * @returns Them.
 * @throws {TypeError} If they are held in 8 bits.
 */
export function plainRows(memory: CpuMemory): Float32Array {
  if (memory instanceof Float32Array) return memory;
  throw new TypeError("Cannot differentiate: keys or values are in 8 bits, wanted float32");
}
