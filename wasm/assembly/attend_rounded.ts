/**
 * Attention to gathered keys where weights and values are in 8 bits, as the scores; see
 * cpu/attend_rounded.ts.
 *
 * Queries are rows of both products, five at a time. Eight keys are a panel of the first one, eight
 * columns of the values a panel of the second, so that weights, side by side, are four of a sum.
 */
import { Span } from "./arguments";
import {
  flips, HEAD, integersOf, multiplyBytes, multiplyQuantized, products, SIGNED, sizeOfX, UNSIGNED, WORDS,
} from "./byte_products";
import { constant } from "./constants";
import { copyHead, paddedHead } from "./head_bytes";
import { inverseFor, inverseOf, packBytes, packWords, storeLanes, storeStarts } from "./quantize";
import { countBelow, spanEnd, spanStart } from "./span";
import { TILE_COLUMNS, TILE_ROWS } from "./tile";
import { fill } from "./vector";

/** Most keys of a group; equals that of cpu/attend_rounded.ts. */
export const GROUP: i32 = 64;

/** Bytes of a row of scores, and of eight columns. */
const ROW: usize = GROUP * 4;
const EIGHT: usize = TILE_COLUMNS * 4;

/** Bytes of a widest head as floats. */
const WIDEST: usize = 256 * 4;

/** What makes units of ln 2. */
const LOG2E: f32 = 1.4426950408889634;

/** 1.5·2²³ + 127 as in exponential.ts, 1.5·2²³, the least exponent, and `255·2ˣ` from −½ to ½. */
const WEIGHT = memory.data<f32>([12583039, 12582912, -127, 60.799377, 179.37924, 255.113]);

/** What is added to each sixteen weights before they are rounded; see cpu/attend_rounded.ts. */
// deno-fmt-ignore
const OFFSETS = memory.data<f32>([
  -0.46875, 0.03125, -0.21875, 0.28125, -0.34375, 0.15625, -0.09375, 0.40625,
  -0.40625, 0.09375, -0.15625, 0.34375, -0.28125, 0.21875, -0.03125, 0.46875,
]);

/** Whether a query or a key is NaN. */
let isOdd: bool = false;

/** Packs queries as `quantizeRows` does, their steps times the scale, so that scores are powers of 2. */
export function packQueryRows(
  from: usize, stride: usize, count: i32, width: i32, scale: f32, to: usize, steps: usize, head: usize,
): void {
  const padded = paddedHead(width), zeros = head + WIDEST;
  const tile = <usize> (padded * TILE_ROWS * sizeOfX());
  memory.fill(zeros, 0, WIDEST);
  isOdd = false;
  for (let i = 0; i < count; i++, from += stride, steps += 4) {
    copyHead(from, zeros, width, head);
    const inverse = inverseOf(head, padded, steps), step = load<f32>(steps) * scale * LOG2E;
    store<f32>(steps, step);
    if (step != step) isOdd = true;
    const at = to + i / TILE_ROWS * tile + (i % TILE_ROWS << 2);
    if (products == WORDS) packWords(head, padded, inverse, at);
    else packBytes(head, padded, inverse, at, TILE_ROWS * 4, true);
  }
}

/** Bytes of a panel, and where words are multiplied its integers as words. */
// @ts-ignore: decorator
@inline
function panelOf(quads: i32): usize {
  return HEAD + <usize> quads * EIGHT * (products == WORDS ? 3 : 1);
}

/** The integers of a panel, as they were packed. */
// @ts-ignore: decorator
@inline
function integersAt(panel: usize, quads: i32): usize {
  return panel + HEAD + (products == WORDS ? <usize> quads * EIGHT : 0);
}

/** Packs keys, whose addresses lie one behind the other, as panels; missing ones as zeros. */
export function packKeyPanels(
  rows: usize, count: i32, width: i32, stepAt: usize, to: usize,
): void {
  const padded = paddedHead(width), quads = padded >> 2, panel = panelOf(quads);
  for (let i = 0; i < count; i += TILE_COLUMNS, to += panel) {
    const present = min(TILE_COLUMNS, count - i);
    if (present < TILE_COLUMNS) memory.fill(to, 0, panel);
    for (let lane = 0; lane < present << 2; lane += 4, rows += 4) {
      const key = load<usize>(rows), step = load<f32>(key + stepAt);
      store<f32>(to + lane, step);
      if (step != step) isOdd = true;
      let at = to + HEAD + lane;
      for (let d = 0; d < padded; d += 16, at += 4 * EIGHT) storeLanes(at, EIGHT, v128.load(key + d));
    }
    storeStarts(to, padded);
    integersOf(to, quads, to + HEAD + <usize> quads * EIGHT);
  }
}

/**
 * Packs values, whose addresses lie one behind the other, as panels of columns.
 *
 * @param spare Memory for eight columns and the addresses of their rows.
 */
export function packValuePanels(
  rows: usize, count: i32, width: i32, to: usize, spare: usize,
): void {
  const quads = (count + 15 & ~15) >> 2, panel = panelOf(quads);
  for (let i = count; i < quads << 2; i++) store<usize>(rows + (i << 2), load<usize>(rows));
  for (let d = 0; d < width; d += TILE_COLUMNS, to += panel) {
    const columns = width - d;
    if (columns >= TILE_COLUMNS) {
      packEight(rows, d << 2, quads, to);
      continue;
    }
    const addresses = spare + <usize> GROUP * EIGHT;
    for (let i = 0; i < quads << 2; i++) {
      const row = spare + <usize> i * EIGHT;
      memory.fill(row, 0, EIGHT);
      memory.copy(row, load<usize>(rows + (i << 2)) + (d << 2), columns << 2);
      store<usize>(addresses + (i << 2), row);
    }
    packEight(addresses, 0, quads, to);
  }
}

/** Eight columns of values, from `offset` bytes on. */
function packEight(rows: usize, offset: usize, quads: i32, to: usize): void {
  const size = i32x4.splat(0x7fffffff), end = rows + (<usize> quads << 4);
  let low = i32x4.splat(0), high = low;
  for (let row = rows; row < end; row += 4) {
    const value = load<usize>(row) + offset;
    low = i32x4.max_s(low, v128.and(size, v128.load(value)));
    high = i32x4.max_s(high, v128.and(size, v128.load(value, 16)));
  }
  v128.store(to, low);
  v128.store(to, high, 16);
  for (let lane: usize = 0; lane < EIGHT; lane += 4) {
    const step = to + lane;
    store<f32>(step, inverseFor(load<f32>(step), step), EIGHT);
  }
  const a = v128.load(to, EIGHT), b = v128.load(to, EIGHT + 16);
  let at = to + HEAD;
  for (let row = rows; row < end; row += 16, at += EIGHT) {
    const r0 = load<usize>(row) + offset, r1 = load<usize>(row, 4) + offset;
    const r2 = load<usize>(row, 8) + offset, r3 = load<usize>(row, 12) + offset;
    v128.store(at, fourRows(r0, r1, r2, r3, a));
    v128.store(at, fourRows(r0 + 16, r1 + 16, r2 + 16, r3 + 16, b), 16);
  }
  if (products == SIGNED) {
    storeStarts(to, quads << 2);
    v128.store(to, i32x4.neg(v128.load(to, EIGHT)), EIGHT);
    v128.store(to, i32x4.neg(v128.load(to, EIGHT + 16)), EIGHT + 16);
  }
  integersOf(to, quads, to + HEAD + <usize> quads * EIGHT);
}

/** Four columns of four rows as bytes, those of a column side by side. */
// @ts-ignore: decorator
@inline
function fourRows(r0: usize, r1: usize, r2: usize, r3: usize, factor: v128): v128 {
  const byte = i32x4.splat(255);
  const ab = v128.or(
    v128.and(rounded(v128.load(r0), factor), byte),
    i32x4.shl(v128.and(rounded(v128.load(r1), factor), byte), 8),
  );
  const cd = v128.or(
    v128.and(rounded(v128.load(r2), factor), byte), i32x4.shl(rounded(v128.load(r3), factor), 8),
  );
  return v128.or(ab, i32x4.shl(cd, 16));
}

/** Numbers whose lowest bits are the nearest integers. */
// @ts-ignore: decorator
@inline
function rounded(value: v128, factor: v128): v128 {
  return f32x4.add(f32x4.mul(value, factor), constant(WEIGHT, 1));
}

/**
 * Attends to the gathered keys; each query sees its part of them, or all if there is no span.
 *
 * @param position Position of the first query; those of the keys are at `positions`.
 * @param scores Memory for five rows of scores, of weights, and their factors.
 * @param zeros Eight zeros.
 */
export function attendRounded(
  span: Span, position: i32, positions: usize, count: i32, gathered: i32, width: i32, queries: usize,
  steps: usize, keys: usize, values: usize, scores: usize, maxima: usize, sums: usize, output: usize,
  zeros: usize,
): void {
  const padded = paddedHead(width), depth = padded >> 2, tile = <usize> (padded * TILE_ROWS * sizeOfX());
  const all = gathered + 15 & ~15, quads = all >> 2, stride = <usize> (width + 7 & ~7) << 2;
  const weights = scores + TILE_ROWS * ROW, factors = weights + TILE_ROWS * GROUP * 2;
  const keyPanel = panelOf(depth), valuePanel = panelOf(quads);
  for (let i = 0; i < count; i += TILE_ROWS, queries += tile, steps += TILE_ROWS * 4) {
    for (let k = 0, panel = keys; k < gathered; k += TILE_COLUMNS, panel += keyPanel) {
      const b = integersAt(panel, depth);
      multiplyQuantized(queries, panel, b, depth, steps, zeros, 0, scores + (k << 2), ROW);
    }
    const end = min(count, i + TILE_ROWS), first = output + i * stride;
    memory.fill(factors, 0, TILE_ROWS * 4);
    for (let q = i, row = scores; q < end; q++, row += ROW) {
      fill(row + (gathered << 2), -Infinity, all - gathered);
      if (changetype<usize>(span)) {
        const low = countBelow(spanStart(span, position + q), positions, gathered);
        const high = max(low, countBelow(spanEnd(span, position + q), positions, gathered));
        fill(row, -Infinity, low);
        fill(row + (high << 2), -Infinity, gathered - high);
      }
      const at = q - i << 2, maximum = maxima + (q << 2), sum = sums + (q << 2);
      const factor = weigh(row, all, weights + at, maximum, sum, output + q * stride, stride);
      store<f32>(factors + at, factor);
    }
    let c = first;
    for (let panel = values; c < first + stride; c += EIGHT, panel += valuePanel) {
      const b = integersAt(panel, quads);
      if (!ASC_FEATURE_RELAXED_SIMD || products == WORDS) {
        multiplyQuantized(weights, panel, b, quads, factors, c, stride, c, stride);
      } else {
        // Weights count from 0 to 255: the other way around than x.
        const start = products == UNSIGNED ? zeros : panel + EIGHT;
        multiplyBytes(weights, panel, b, quads, start, factors, c, stride, c, stride);
      }
    }
  }
}

/**
 * Makes bytes, packed as a row of x, of a row's scores; scales sums to a new maximum, a whole number.
 *
 * @returns What a weight of 1 counts.
 */
function weigh(
  row: usize, count: i32, to: usize, maximumAt: usize, sumAt: usize, y: usize, bytes: usize,
): f32 {
  const end = row + (count << 2);
  let m0 = f32x4.splat(-f32.MAX_VALUE), m1 = m0;
  for (let at = row; at < end; at += 32) {
    m0 = f32x4.pmax(m0, v128.load(at));
    m1 = f32x4.pmax(m1, v128.load(at, 16));
  }
  m0 = f32x4.pmax(m0, m1);
  const most = ceil(max(
    max(f32x4.extract_lane(m0, 0), f32x4.extract_lane(m0, 1)),
    max(f32x4.extract_lane(m0, 2), f32x4.extract_lane(m0, 3)),
  ));
  const maximum = f32x4.splat(most);
  const others = <usize> count * TILE_ROWS, mask = v128.xor(flips(), i32x4.splat(0x80808080));
  let total = i32x4.splat(0);
  for (let at = row; at < end; at += 64, to += TILE_ROWS * 16) {
    const ab = i16x8.narrow_i32x4_s(weightOf(at, maximum, 0), weightOf(at + 16, maximum, 16));
    const cd = i16x8.narrow_i32x4_s(weightOf(at + 32, maximum, 32), weightOf(at + 48, maximum, 48));
    const sixteen = i8x16.narrow_i16x8_u(ab, cd);
    total = i32x4.add(total, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sixteen)));
    if (products == WORDS) {
      storeLanes(to, TILE_ROWS * 4, v128.and(sixteen, i32x4.splat(0x00ff00ff)));
      storeLanes(to + others, TILE_ROWS * 4, i16x8.shr_u(sixteen, 8));
    } else {
      storeLanes(to, TILE_ROWS * 4, v128.xor(sixteen, mask));
    }
  }
  const old = load<f32>(maximumAt);
  let factor = powerOfTwo(most - max(old, most)), sum = load<f32>(sumAt);
  if (most > old) {
    const shrink = powerOfTwo(old - most);
    store<f32>(maximumAt, most);
    sum *= shrink;
    for (const last = y + bytes; y < last; y += 16) {
      v128.store(y, f32x4.mul(v128.load(y), f32x4.splat(shrink)));
    }
  }
  for (let at = row; isOdd && at < end; at += 4) {
    const score = load<f32>(at);
    if (score != score) factor = NaN;
  }
  const weights = i32x4.extract_lane(total, 0) + i32x4.extract_lane(total, 1) +
    i32x4.extract_lane(total, 2) + i32x4.extract_lane(total, 3);
  store<f32>(sumAt, sum + factor * <f32> weights);
  return factor;
}

/** `255·2ˢ⁻ᵐ` as integers. */
// @ts-ignore: decorator
@inline
function weightOf(at: usize, maximum: v128, offset: usize): v128 {
  const x = f32x4.pmax(f32x4.sub(v128.load(at), maximum), constant(WEIGHT, 2));
  const shifted = f32x4.add(x, constant(WEIGHT, 0));
  const r = f32x4.sub(x, f32x4.sub(shifted, constant(WEIGHT, 0)));
  let p = f32x4.add(f32x4.mul(constant(WEIGHT, 3), r), constant(WEIGHT, 4));
  p = f32x4.add(f32x4.mul(p, r), constant(WEIGHT, 5));
  p = f32x4.add(f32x4.mul(p, i32x4.shl(shifted, 23)), v128.load(OFFSETS + offset));
  return i32x4.sub(f32x4.add(p, constant(WEIGHT, 1)), constant(WEIGHT, 1));
}

/** `2ˣ` of a whole number up to 0; 0 below −126, NaN for NaN. */
function powerOfTwo(x: f32): f32 {
  if (x != x) return NaN;
  return x < -126 ? 0 : reinterpret<f32>(<i32> x + 127 << 23);
}
