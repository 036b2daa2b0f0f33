/**
 * Sparse lists; see cpu/select_*.ts.
 *
 * Norms, scores and means are summed in float64 in the reference's order, so that every choice that
 * depends on a comparison equals the reference's. This is little work compared to the attention.
 */
import { Selection, SelectArguments } from "./arguments";
import { bucketOf } from "./bucket";
import { countBefore, squaredNorms } from "./norms";
import { nextTurn, ownNumber } from "./turns";

/** Arguments of the call that a thread works on; each thread has a copy of the module. */
let keys: usize, values: usize, mask: usize, query: usize;
let keysOut: usize, valuesOut: usize, maskOut: usize;
let heads: i32, width: i32, rows: i32, first: i32, tokens: i32;
let block: i32, factor: i32, chunk: i32, entries: i32;
let rounds: i32, projections: usize;

/**
 * Threads take turns at chunks, all heads of a chunk before the next chunk, so that whole rows are
 * read. A chunk makes `chunk / factor` entries.
 */
export function select(args: SelectArguments, thread: i32, threads: i32, scratch: usize): void {
  const type = args.type, batch = args.batch;
  keys = args.keys;
  values = args.values;
  mask = args.mask;
  query = args.query;
  keysOut = args.keysOut;
  valuesOut = args.valuesOut;
  maskOut = args.maskOut;
  heads = args.heads;
  width = args.width;
  rows = args.rows;
  first = args.first;
  tokens = args.tokens;
  block = args.block;
  factor = args.factor;
  chunk = args.chunk;
  entries = args.entries;
  rounds = args.projections;
  projections = changetype<usize>(args) + offsetof<SelectArguments>();
  const own = args.scratch + <usize> ownNumber(thread) * args.scratchBytes;
  const chunks = entries * factor / chunk;
  const all = batch * heads * chunks;
  for (let i = nextTurn(); i < all; i = nextTurn()) {
    const h = i % heads, start = i / heads % chunks * chunk, b = i / heads / chunks;
    if (type == Selection.norm) selectNorm(b, h, start, own);
    else if (type == Selection.lsh) selectLsh(b, h, start, own);
    else {
      for (let e = start / factor; e < (start + chunk) / factor; e++) {
        if (type == Selection.stride) copyToken(b, h, e, e * factor + h % factor);
        else if (type == Selection.block_stride) copyToken(b, h, e, blockStrideToken(h, e));
        else if (type == Selection.pooling) pool(b, h, e, 0);
        else if (type == Selection.bos_pooling) pool(b, h, e, query);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function isVisible(b: i32, t: i32): bool {
  return t < tokens && load<i32>(mask + <usize> (b * tokens + t) * 4) != 0;
}

// @ts-ignore: decorator
@inline
function tokenOffset(b: i32, h: i32, t: i32): usize {
  return (<usize> (b * rows + first + t) * heads + h) * width * 4;
}

// @ts-ignore: decorator
@inline
function entryOffset(b: i32, h: i32, e: i32): usize {
  return (<usize> (b * entries + e) * heads + h) * width * 4;
}

function setMask(b: i32, h: i32, e: i32, visible: bool): void {
  store<i32>(maskOut + (<usize> (b * heads + h) * entries + e) * 4, visible ? 1 : 0);
}

function clearEntry(b: i32, h: i32, e: i32): void {
  memory.fill(keysOut + entryOffset(b, h, e), 0, width * 4);
  memory.fill(valuesOut + entryOffset(b, h, e), 0, width * 4);
  setMask(b, h, e, false);
}

function copyToken(b: i32, h: i32, e: i32, t: i32): void {
  if (!isVisible(b, t)) return clearEntry(b, h, e);
  copyValues(keysOut + entryOffset(b, h, e), keys + tokenOffset(b, h, t));
  copyValues(valuesOut + entryOffset(b, h, e), values + tokenOffset(b, h, t));
  setMask(b, h, e, true);
}

/** Copies a head's row, which is so short that a call of `memory.copy` would take longer. */
function copyValues(to: usize, from: usize): void {
  let d = 0;
  for (; d + 4 <= width; d += 4) v128.store(to + (d << 2), v128.load(from + (d << 2)));
  for (; d < width; d++) store<f32>(to + (d << 2), load<f32>(from + (d << 2)));
}

function blockStrideToken(h: i32, e: i32): i32 {
  const perBlock = block / factor;
  return e / perBlock * block + (h * perBlock + e % perBlock) % block;
}

/** A token is kept if fewer than `chunk / factor` others come before it in the order of norms. */
function selectNorm(b: i32, h: i32, start: i32, norms: usize): void {
  let i = 0;
  while (i < chunk) {
    const t = start + i, to = norms + (i << 3);
    if (i + 1 < chunk && isVisible(b, t) && isVisible(b, t + 1)) {
      v128.store(to, squaredNorms(keys + tokenOffset(b, h, t), keys + tokenOffset(b, h, t + 1), width));
      i += 2;
    } else {
      const key = keys + tokenOffset(b, h, t);
      store<f64>(to, isVisible(b, t) ? f64x2.extract_lane(squaredNorms(key, key, width), 0) : 0);
      i++;
    }
  }
  const kept = chunk / factor;
  let e = start / factor;
  for (i = 0; i < chunk; i++) {
    if (countBefore(norms, i, chunk) < kept) copyToken(b, h, e++, start + i);
  }
}

/** A group's mean, or with a query its mean weighted by `softmax(q₀·k/√width)`. */
function pool(b: i32, h: i32, e: i32, q: usize): void {
  const start = e * factor;
  const firstQuery = q + tokenOffset(b, h, 0);
  let maximum = -Infinity;
  let count = 0;
  for (let t = start; t < start + factor; t++) {
    if (!isVisible(b, t)) continue;
    count++;
    if (q) maximum = max(maximum, score(firstQuery, keys + tokenOffset(b, h, t)));
  }
  if (count == 0) return clearEntry(b, h, e);
  let divisor: f64 = <f64> count + 1e-6;
  if (q) {
    divisor = 0;
    for (let t = start; t < start + factor; t++) {
      if (isVisible(b, t)) divisor += weightOf(firstQuery, keys + tokenOffset(b, h, t), maximum);
    }
  }
  for (let d = 0; d < width; d++) {
    let key: f64 = 0, value: f64 = 0;
    for (let t = start; t < start + factor; t++) {
      if (!isVisible(b, t)) continue;
      const at = tokenOffset(b, h, t);
      const weight = q ? weightOf(firstQuery, keys + at, maximum) : 1;
      key += weight * load<f32>(keys + at + (d << 2));
      value += weight * load<f32>(values + at + (d << 2));
    }
    store<f32>(keysOut + entryOffset(b, h, e) + (d << 2), <f32> (key / divisor));
    store<f32>(valuesOut + entryOffset(b, h, e) + (d << 2), <f32> (value / divisor));
  }
  setMask(b, h, e, true);
}

function score(q: usize, key: usize): f64 {
  let sum: f64 = 0;
  for (let d = 0; d < width; d++) {
    sum += <f64> load<f32>(q + (d << 2)) * <f64> load<f32>(key + (d << 2));
  }
  sum /= sqrt<f64>(<f64> width);
  return abs(sum) > <f64> f32.MAX_VALUE ? sum * Infinity : sum; // as in cpu/score.ts
}

function weightOf(q: usize, key: usize, maximum: f64): f64 {
  return NativeMath.exp(score(q, key) - maximum);
}

/** Buckets of sums in float64: key, value, weight; two sets that are used alternately. */
function selectLsh(b: i32, h: i32, start: i32, scratch: usize): void {
  const size = <usize> (2 * width + 1) * 8;
  let items = scratch, buckets = scratch + size * chunk;
  memory.fill(items, 0, size * chunk);
  for (let i = 0; i < chunk; i++) {
    if (!isVisible(b, start + i)) continue;
    const at = tokenOffset(b, h, start + i), to = items + i * size;
    for (let d = 0; d < width; d++) {
      store<f64>(to + (d << 3), <f64> load<f32>(keys + at + (d << 2)));
      store<f64>(to + ((width + d) << 3), <f64> load<f32>(values + at + (d << 2)));
    }
    store<f64>(to + (width << 4), 1);
  }
  let count = chunk;
  for (let round = 0; round < rounds; round++) {
    const bucketCount = round == rounds - 1 ? chunk / factor : chunk;
    memory.fill(buckets, 0, size * bucketCount);
    const columns = bucketCount / 2;
    const matrix = load<usize>(projections + (round << 2)) + <usize> (h * width * columns) * 4;
    for (let i = 0; i < count; i++) {
      const item = items + i * size;
      if (load<f64>(item + (width << 4)) == 0) continue;
      const number = bucketOf<f64>(item, lengthOf(item), matrix, width, columns);
      const bucket = buckets + number * size;
      for (let d = 0; d <= 2 * width; d++) {
        store<f64>(bucket + (d << 3), load<f64>(bucket + (d << 3)) + load<f64>(item + (d << 3)));
      }
    }
    const swap = items;
    items = buckets;
    buckets = swap;
    count = bucketCount;
  }
  for (let i = 0; i < count; i++) {
    const item = items + i * size, e = start / factor + i;
    const weight = load<f64>(item + (width << 4));
    if (weight == 0) {
      clearEntry(b, h, e);
      continue;
    }
    for (let d = 0; d < width; d++) {
      const at = entryOffset(b, h, e) + (d << 2);
      store<f32>(keysOut + at, <f32> (load<f64>(item + (d << 3)) / (weight + 1e-8)));
      store<f32>(valuesOut + at, <f32> (load<f64>(item + ((width + d) << 3)) / (weight + 1e-8)));
    }
    setMask(b, h, e, true);
  }
}

/** A row's norm, 1 for zeros. */
function lengthOf(row: usize): f64 {
  let squares: f64 = 0;
  for (let d = 0; d < width; d++) {
    const value = load<f64>(row + (d << 3));
    squares += value * value;
  }
  return squares == 0 ? 1 : sqrt<f64>(squares);
}
