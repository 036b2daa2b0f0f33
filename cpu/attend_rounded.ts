/**
 * Attention where weights and values are rounded to 8 bits, as keys and queries are.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend.ts";
import { type Span, spanRange } from "../ops/span.ts";
import { roundToBytes } from "./quantize.ts";
import { type CpuOperands, floatsOf } from "./roles.ts";

/** Rows and what they see. */
type Part = CpuOperands<"attend">["parts"][number];

/** Most keys of a group; equals `GROUP` of wasm/assembly/attend_rounded.ts. */
const GROUP = 64;

/**
 * What is added to each sixteen weights before they are rounded: of weights below a unit some become
 * 1, so that their sum is right.
 */
const OFFSETS = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15].map((n) => (n - 7.5) / 16);

/** Where queries are, of one head. */
interface Place {
  readonly batch: number;
  readonly head: number;
  /** The first query of the tile, counted from the part's first. */
  readonly start: number;
  /** The query after the last. */
  readonly end: number;
}

/** Keys that are attended to together. */
interface Group {
  readonly query: Float32Array;
  readonly entries: { readonly source: Part["sources"][number]; readonly entry: number }[];
  /** The part of them that each query sees; absent: all. */
  readonly span?: Span;
}

/** What a query has seen so far. */
interface Sums {
  maximum: number;
  weights: number;
  readonly values: Float32Array;
}

const { fround } = Math;

/**
 * A tile of queries of one head, whose keys are taken in groups of at most 64 of a source: those
 * that all of them see, in order, and those of ranges that move within the tile by themselves.
 *
 * In a group each column of the values is rounded to integers −127 … 127 with a step of its own, and
 * weights to integers 0 … 255 of a unit of each query, a power of two: `255·2ˢ⁻ᵐ` of scores s that
 * are in units of ln 2, with the group's largest one, rounded up, for m. So a key that takes most of
 * the attention rounds away no weights but those of its group. The sums of their products are exact.
 * Everything else is float32, one operation at a time, so that all backends compute the same bits.
 *
 * @param operands The queries, and a part of which the keys are in 8 bits.
 * @param shape Sizes and scale.
 * @param place Which queries.
 * @param tile Queries of a whole tile, as which the last one is treated, so that padding after a text
 * does not change a bit of the result.
 * @param output Where results go.
 */
export function attendRounded(
  { query, queryMask, part }: Pick<CpuOperands<"attend">, "query" | "queryMask"> & {
    readonly part: Part;
  },
  shape: AttendShape,
  place: Place,
  tile: number,
  output: Float32Array,
): void {
  const { heads, width, rows } = shape;
  const { batch, head, start, end } = place;
  const sums = Array.from({ length: end - start }, (): Sums => ({
    maximum: -Infinity,
    weights: 0,
    values: new Float32Array(width),
  }));
  const offsetOf = (i: number) => ((batch * rows + part.first + start + i) * heads + head) * width;
  const seesKeys = sums.map(() => false);
  for (const group of groupsOf(query, part, shape, place, tile)) {
    const columns = roundColumns(group, shape, place);
    sums.forEach((sum, i) => {
      const scores = scoresOf(group, shape, place, offsetOf(i), part.position + start + i);
      seesKeys[i] ||= scores.some((score) => score !== undefined);
      addGroup(sum, scores, columns);
    });
  }
  sums.forEach(({ weights, values }, i) => {
    if (!seesKeys[i] || queryMask?.[batch * rows + part.first + start + i] === 0) return;
    const factor = fround(1 / weights);
    values.forEach((value, d) => output[offsetOf(i) + d] = weights === 0 ? NaN : value * factor);
  });
}

/** The groups of keys, masked ones left out. */
function* groupsOf(
  query: Float32Array,
  { position, sources }: Part,
  { heads }: AttendShape,
  { batch, head, start }: Place,
  tile: number,
): Generator<Group> {
  const first = position + start;
  let open: Group = { query, entries: [] };
  for (const source of sources) {
    const own = source.query ?? query;
    if (open.entries.length > 0) yield open;
    open = { query: own, entries: [] };
    const { mask, isPerHead, count } = source;
    const maskStart = (isPerHead ? batch * heads + head : batch) * count;
    for (const span of source.spans) {
      const isSame = !span.causal &&
        (span.stride === 0 ||
          Math.floor(first / span.block) === Math.floor((first + tile - 1) / span.block));
      if (!isSame) {
        if (open.entries.length > 0) yield open;
        open = { query: own, entries: [], span };
      }
      const [low] = spanRange(span, first, count);
      const high = Math.min(count, spanRange(span, first + tile - 1, count)[1]);
      for (let entry = low; entry < high; entry++) {
        if (mask && mask[maskStart + entry] === 0) continue;
        open.entries.push({ source, entry });
        if (open.entries.length < GROUP) continue;
        yield open;
        open = { ...open, entries: [] };
      }
      if (isSame) continue;
      if (open.entries.length > 0) yield open;
      open = { query: own, entries: [] };
    }
  }
  if (open.entries.length > 0) yield open;
}

/** Where an entry's key and value start. */
function startOf(
  { source: { rows, first }, entry }: Group["entries"][number],
  { heads, keyHeads, width }: AttendShape,
  { batch, head }: Place,
): number {
  return ((batch * rows + first + entry) * keyHeads + Math.floor(head * keyHeads / heads)) * width;
}

/** Each column of the values as integers, with its step. */
function roundColumns({ entries }: Group, shape: AttendShape, place: Place) {
  const starts = entries.map((entry) => startOf(entry, shape, place));
  const values = entries.map(({ source }) => floatsOf(source.values));
  return Array.from({ length: shape.width }, (_, d) => {
    const integers = new Int8Array(entries.length);
    const column = Float32Array.from(starts, (from, i) => values[i][from + d]);
    return { step: roundToBytes(column, integers), integers };
  });
}

/** The scores of a query in units of ln 2; undefined: it does not see the key. */
function scoresOf(
  { query, entries, span }: Group,
  shape: AttendShape,
  place: Place,
  offset: number,
  position: number,
): (number | undefined)[] {
  const { width, scale } = shape;
  const integers = new Int8Array(width);
  const rounded = roundToBytes(query.subarray(offset, offset + width), integers);
  const step = fround(fround(rounded * fround(scale)) * fround(Math.LOG2E));
  return entries.map((at) => {
    const { source: { keys, count }, entry } = at;
    if (keys instanceof Float32Array) {
      throw new TypeError("Cannot round weights of keys in float32");
    }
    if (span) {
      const [low, high] = spanRange(span, position, count);
      if (entry < low || entry >= high) return undefined;
    }
    const from = startOf(at, shape, place);
    let sum = 0;
    for (let d = 0; d < width; d++) sum += integers[d] * keys.values[from + d];
    return fround(fround(sum * keys.steps[from / width]) * step);
  });
}

/** Adds a group's weighted values to a query's sums. */
function addGroup(
  sums: Sums,
  scores: readonly (number | undefined)[],
  columns: ReturnType<typeof roundColumns>,
): void {
  const seen = scores.filter((score) => score !== undefined);
  const most = Math.ceil(seen.reduce((most, s) => s > most ? s : most, -LARGEST));
  if (most > sums.maximum) {
    const shrink = powerOfTwo(sums.maximum - most);
    sums.maximum = most;
    sums.weights = fround(sums.weights * shrink);
    sums.values.forEach((value, d) => sums.values[d] = value * shrink);
  }
  const factor = seen.some(isNaN) ? NaN : powerOfTwo(most - sums.maximum);
  const weights = scores.map((score, i) =>
    score === undefined ? 0 : weightOf(score, most, OFFSETS[i % 16])
  );
  const total = weights.reduce((total, weight) => total + weight, 0);
  sums.weights = fround(sums.weights + fround(factor * total));
  columns.forEach(({ step, integers }, d) => {
    const sum = weights.reduce((sum, weight, i) => sum + weight * integers[i], 0);
    sums.values[d] += fround(fround(sum * step) * factor);
  });
}

/** The largest float32. */
const LARGEST = 3.4028234663852886e38;

/** 1.5·2²³, and 127 more: whole numbers are neighbours there, so adding them rounds. */
const MAGIC = 12_582_912;
const ROUNDER = 12_583_039;

/** `255·2ʳ` from −½ to ½, off by 0.0017 of itself. */
const [C0, C1, C2] = [255.113, 179.37924, 60.799377].map(fround);

/** `255·2ˢ⁻ᵐ` as a whole number. */
function weightOf(score: number, maximum: number, offset: number): number {
  const x = Math.max(fround(score - maximum), -127);
  const n = fround(fround(x + ROUNDER) - ROUNDER);
  if (n === -127) return 0;
  const r = fround(x - n);
  const p = fround(fround(fround(fround(C2 * r) + C1) * r) + C0);
  const weight = fround(fround(p * 2 ** n) + offset);
  return Math.min(255, Math.max(0, fround(fround(weight + MAGIC) - MAGIC)));
}

/** `2ˣ` of a whole number up to 0; 0 where a float32 of full precision cannot be so small. */
function powerOfTwo(x: number): number {
  return x < -126 ? 0 : 2 ** x;
}
