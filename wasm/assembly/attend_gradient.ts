/**
 * Gradients of attention; see cpu/attend_gradient.ts.
 *
 * A tile of queries of one head meets one tile of keys after another, gathered as in attend.ts. Eight
 * queries at a time, their scores and the gradients by their weights are computed again by
 * `multiplyTile`, eight queries side by side: so they are laid out as the product with keys needs them,
 * that is the gradient by queries. The products that give the gradients by keys and values need eight
 * keys side by side: the weights of a tile are transposed for them.
 *
 * Each thread has a tile of queries, or, where gradients by keys are computed, a whole key head of a
 * sequence: nothing is written by two, and each sum has one order.
 */
import { AttendGradientArguments, GradientPart, GradientSource, Span, Sweep } from "./arguments";
import { keptFactors, subkey } from "./dropout";
import { exponential } from "./exponential";
import { countBelow, hideOutside, isSameForAll, spanEnd, spanStart } from "./span";
import { multiplyTile, packColumns, packFive, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { nextTurn } from "./turns";
import { addInto } from "./vector";

/** Most keys of a tile, and of one of wide heads: multiples of `TILE_ROWS` and `TILE_COLUMNS`. */
const KEYS: i32 = 160;
const WIDE_KEYS: i32 = 80;

/** Width from which heads are wide. */
const WIDE: i32 = 65;

/** Bytes of a vector of eight queries, or keys. */
const EIGHT: usize = TILE_COLUMNS * 4;

/** Bytes of a line of the cache. */
const LINE: usize = 64;

/** What touched lines hold. */
let touched: i32 = 0;
/** What is computed; each thread has a copy of the module. */
let byQueries: bool, byKeys: bool;
/** The tile of queries: their number, in whole vectors, and the position of the first. */
let count: i32, padded: i32, position: i32;
let width: i32, paddedWidth: i32, most: i32;
let rowBytes: usize, scale: f32;
/** Queries and gradients by the output: `[queries/8][width][8]`, and `[width/5][queries][5]`. */
let queryColumns: usize, dyColumns: usize, queryRows: usize, dyRows: usize;
/** Of each query: the logarithm of its sum, the inner product; all ones if it counts. */
let logSums: usize, inners: usize, counts: usize;
/** The gradient by queries, `[queries/8][width][8]`. */
let output: usize;
/** Keys and values `[keys/5][width][5]`, and keys `[width/5][keys][5]`. */
let keyTiles: usize, valueTiles: usize, keyColumns: usize;
/** Of eight queries, `[keys][8]`; of all, `[keys/8][queries][8]`. */
let weights: usize, slopes: usize, allWeights: usize, allSlopes: usize;
/** A product of eight keys, `[width][8]`, and `[8][width]`. */
let product: usize, productRows: usize;
/** Gathered keys: addresses of their rows and of their gradients' rows, and their positions. */
let gathered: i32, keyAt: usize, valueAt: usize, keyTo: usize, valueTo: usize, positions: usize;
/** Dropout: the numbers of the gathered keys, the keys of the queries, what is kept and by what factor. */
let numbers: usize, dropKeys: usize, threshold: i32, dropFactor: f32;

/** Threads take turns at tiles of queries, or at key heads. */
export function attendGradient(
  args: AttendGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const sweep = args.sweep, heads = args.heads, keyHeads = args.keyHeads, tile = args.tile;
  byQueries = sweep == Sweep.query || sweep == Sweep.all;
  byKeys = sweep == Sweep.key || sweep == Sweep.all;
  width = args.width;
  scale = args.scale;
  threshold = args.threshold;
  dropFactor = args.dropFactor;
  layOut(tile, scratch);
  const first = changetype<GradientPart>(changetype<usize>(args) + offsetof<AttendGradientArguments>());
  if (byKeys) {
    const all = args.batch * keyHeads, group = heads / keyHeads;
    for (let turn = nextTurn(); turn < all; turn = nextTurn()) {
      const b = turn / keyHeads, keyHead = turn % keyHeads;
      for (let h = keyHead * group; h < (keyHead + 1) * group; h++) {
        let part = first;
        for (let p = 0; p < args.parts; p++, part = nextPart(part)) {
          for (let start = 0; start < part.count; start += tile) {
            sweepTile(args, part, b, h, start, min(tile, part.count - start));
          }
        }
      }
    }
    return;
  }
  let part = first;
  let turn = nextTurn(), before = 0;
  for (let p = 0; p < args.parts; p++, part = nextPart(part)) {
    const tiles = (part.count + tile - 1) / tile, all = args.batch * heads * tiles;
    for (; turn < before + all; turn = nextTurn()) {
      const b = (turn - before) / (heads * tiles), rest = (turn - before) % (heads * tiles);
      const h = part.moves ? rest % heads : rest / tiles;
      const start = tile * (part.moves ? rest / heads : rest % tiles);
      sweepTile(args, part, b, h, start, min(tile, part.count - start));
    }
    before += all;
  }
}

/** The parts of the scratch memory. */
function layOut(tile: i32, scratch: usize): void {
  const queries = <usize> ((tile + 7) & ~7);
  paddedWidth = (width + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  most = width < WIDE ? KEYS : WIDE_KEYS;
  const keys = <usize> most, wide = <usize> paddedWidth * 4;
  queryColumns = scratch;
  dyColumns = queryColumns + queries * wide;
  queryRows = dyColumns + queries * wide;
  dyRows = queryRows + queries * wide;
  output = dyRows + queries * wide;
  logSums = output + queries * wide;
  inners = logSums + queries * 4;
  counts = inners + queries * 4;
  keyTiles = counts + queries * 4;
  valueTiles = keyTiles + keys * wide;
  keyColumns = valueTiles + keys * wide;
  weights = keyColumns + keys * wide;
  slopes = weights + keys * EIGHT;
  allWeights = slopes + keys * EIGHT;
  allSlopes = allWeights + keys * queries * 4;
  product = allSlopes + keys * queries * 4;
  productRows = product + <usize> (paddedWidth + 3) * EIGHT;
  keyAt = productRows + <usize> (paddedWidth + 3) * EIGHT;
  valueAt = keyAt + keys * 4;
  keyTo = valueAt + keys * 4;
  valueTo = keyTo + keys * 4;
  positions = valueTo + keys * 4;
  numbers = positions + keys * 4;
  dropKeys = numbers + keys * 4;
}

// @ts-ignore: decorator
@inline
function firstSource(part: GradientPart): GradientSource {
  return changetype<GradientSource>(changetype<usize>(part) + offsetof<GradientPart>());
}

// @ts-ignore: decorator
@inline
function spanAt(source: GradientSource, n: i32): Span {
  const spans = changetype<usize>(source) + offsetof<GradientSource>();
  return changetype<Span>(spans + n * offsetof<Span>());
}

// @ts-ignore: decorator
@inline
function nextSource(source: GradientSource): GradientSource {
  return changetype<GradientSource>(changetype<usize>(spanAt(source, source.spans)));
}

function nextPart(part: GradientPart): GradientPart {
  let source = firstSource(part);
  for (let s = 0; s < part.sources; s++) source = nextSource(source);
  return changetype<GradientPart>(changetype<usize>(source));
}

/** `queries` queries of one head, from the part's query `start` on. */
function sweepTile(
  args: AttendGradientArguments, part: GradientPart, b: i32, h: i32, start: i32, queries: i32,
): void {
  const heads = args.heads, keyHeads = args.keyHeads;
  count = queries;
  padded = (queries + 7) & ~7;
  position = part.position + start;
  gathered = 0;
  rowBytes = <usize> heads * width * 4;
  const row = <usize> (b * args.rows + part.first + start);
  const tileOffset = (row * heads + h) * width * 4;
  const counted = startTile(args, row, h, tileOffset);
  if (dropFactor != 0) {
    const number = (b * heads + h) * args.rows + part.first + start;
    for (let i = 0; i < padded; i++) {
      store<i32>(dropKeys + (i << 2), subkey(args.dropKey, number + i));
    }
  }
  if (counted == 0) return finishQueries(args, tileOffset);

  const keyStride = <usize> keyHeads * width * 4;
  const keyHead = <usize> (h * keyHeads / heads) * width * 4;
  let packedFrom: usize = 0;
  let source = firstSource(part);
  for (let s = 0; s < part.sources; s++, source = nextSource(source)) {
    const entries = source.count, mask = source.mask;
    const offset = <usize> (b * source.rows + source.first) * keyStride + keyHead;
    const keys = source.keys + offset, values = source.values + offset;
    const toKeys = source.keysGradient ? source.keysGradient + offset : 0;
    const toValues = source.valuesGradient ? source.valuesGradient + offset : 0;
    const maskRow = source.isPerHead ? b * heads + h : b;
    const visible = mask ? mask + <usize> (maskRow * entries) * 4 : 0;
    const from = source.query ? source.query : args.query;
    if (from != packedFrom) {
      meetAll();
      packQueries(from + tileOffset);
      packedFrom = from;
    }
    for (let n = 0; n < source.spans; n++) {
      const span = spanAt(source, n);
      const low = spanStart(span, position);
      const high = min(entries, spanEnd(span, position + count - 1));
      const isSame = isSameForAll(span, position, position + args.tile - 1);
      if (!isSame) meetAll();
      for (let key = low; key < high; key++) {
        if (visible && load<i32>(visible + (key << 2)) == 0) continue;
        const place = <usize> key * keyStride, at = gathered << 2;
        touch(keys + place);
        touch(values + place);
        if (toKeys) touch(toKeys + place);
        if (toValues) touch(toValues + place);
        store<usize>(keyAt + at, keys + place);
        store<usize>(valueAt + at, values + place);
        store<usize>(keyTo + at, toKeys ? toKeys + place : 0);
        store<usize>(valueTo + at, toValues ? toValues + place : 0);
        store<i32>(positions + at, key);
        store<i32>(numbers + at, source.number + key);
        if (++gathered < most) continue;
        if (isSame) meetAll();
        else meet(span);
      }
      if (!isSame) meet(span);
    }
  }
  meetAll();
  store<i32>(positions, touched); // or nothing would be read
  finishQueries(args, tileOffset);
}

/** A core fetches the lines of many rows at once; packed one by one they would be waited for. */
// @ts-ignore: decorator
@inline
function touch(row: usize): void {
  let read = 0;
  for (let d: usize = 0; d < <usize> width * 4; d += LINE) read ^= load<i32>(row + d);
  touched ^= read;
}

/** What is known of the queries; returns how many count. */
function startTile(args: AttendGradientArguments, row: usize, h: i32, tileOffset: usize): i32 {
  const heads = <usize> args.heads;
  let counted = 0;
  for (let i = 0; i < padded; i++) {
    const at = i << 2, place = ((row + i) * heads + h) * 4;
    const logSum: f32 = i < count ? load<f32>(args.logSum + place) : -Infinity;
    const isCounted = logSum != -Infinity;
    store<f32>(logSums + at, isCounted ? logSum : 0);
    store<f32>(inners + at, isCounted ? load<f32>(args.inner + place) : 0);
    store<i32>(counts + at, isCounted ? -1 : 0);
    counted += isCounted ? 1 : 0;
  }
  if (byQueries) memory.fill(output, 0, <usize> padded * paddedWidth * 4);
  for (let i = 0; i < count; i++) touch(args.dy + tileOffset + <usize> i * rowBytes);
  pack(args.dy + tileOffset, 1, dyColumns, dyRows);
  return counted;
}

function packQueries(from: usize): void {
  for (let i = 0; i < count; i++) touch(from + <usize> i * rowBytes);
  pack(from, scale, queryColumns, queryRows);
}

/** Rows of the tile, scaled; those that do not count as zeros, whatever they hold. */
function pack(from: usize, factor: f32, columns: usize, rows: usize): void {
  packColumns(from, rowBytes, count, width, columns);
  for (let i = 0; i < padded; i += TILE_COLUMNS) {
    const at = counts + (i << 2), low = v128.load(at), high = v128.load(at, 16);
    const to = columns + <usize> i * width * 4, factors = f32x4.splat(factor);
    for (let d = 0; d < width; d++) {
      const place = to + <usize> d * EIGHT;
      v128.store(place, v128.and(f32x4.mul(v128.load(place), factors), low));
      v128.store(place, v128.and(f32x4.mul(v128.load(place, 16), factors), high), 16);
    }
  }
  if (!byKeys) return;
  const panel = <usize> padded * TILE_ROWS * 4, whole = width / TILE_ROWS * TILE_ROWS;
  const zero = f32x4.splat(0), factors = f32x4.splat(factor);
  for (let i = 0; i < padded; i++) {
    const isCounted = load<i32>(counts + (i << 2)) != 0, row = from + <usize> i * rowBytes;
    let at = rows + <usize> i * TILE_ROWS * 4;
    for (let d = 0; d < whole; d += TILE_ROWS, at += panel) {
      v128.store(at, isCounted ? f32x4.mul(factors, v128.load(row + (d << 2))) : zero);
      store<f32>(at, isCounted ? factor * load<f32>(row + (d << 2), 16) : 0, 16);
    }
    if (whole == width) continue;
    for (let d = 0; d < TILE_ROWS; d++) {
      const isThere = isCounted && whole + d < width;
      store<f32>(at + (d << 2), isThere ? factor * load<f32>(row + ((whole + d) << 2)) : 0);
    }
  }
}

/** Meets the gathered keys, which each query sees. */
function meetAll(): void {
  meet(changetype<Span>(0));
}

/** Meets the gathered keys; each query sees its part of them, or all if there is no span. */
function meet(span: Span): void {
  if (gathered == 0) return;
  packTiles(keyAt, keyTiles);
  packTiles(valueAt, valueTiles);
  if (byQueries) packKeyColumns();
  const groups = (gathered + 7) & ~7;
  for (let i = 0; i < padded; i += TILE_COLUMNS) {
    const first = position + i, last = position + min(i + TILE_COLUMNS, count) - 1;
    let low = 0, high = gathered;
    if (changetype<usize>(span)) {
      low = countBelow(spanStart(span, first), positions, gathered) / TILE_ROWS * TILE_ROWS;
      high = countBelow(spanEnd(span, last), positions, gathered);
      if (low >= high) {
        if (byKeys) clearGroups(i, groups);
        continue;
      }
    }
    const eight = queryColumns + <usize> i * width * 4, some = weights + <usize> low * EIGHT;
    for (let k = low; k < high; k += TILE_ROWS) {
      multiplyTile(keyTiles + <usize> k * width * 4, eight, weights + <usize> k * EIGHT, EIGHT, width, 0);
    }
    if (changetype<usize>(span)) {
      hideOutside(span, first, last, positions + (low << 2), high - low, some);
    }
    const dy = dyColumns + <usize> i * width * 4;
    for (let k = low; k < high; k += TILE_ROWS) {
      multiplyTile(valueTiles + <usize> k * width * 4, dy, slopes + <usize> k * EIGHT, EIGHT, width, 0);
    }
    if (dropFactor != 0) weighDropped(low, high, i);
    else weigh(low, high, i);
    if (byQueries) {
      const to = output + <usize> i * paddedWidth * 4, from = slopes + <usize> low * EIGHT;
      for (let d = 0; d < paddedWidth; d += TILE_ROWS) {
        const a = keyColumns + <usize> (d * gathered + low * TILE_ROWS) * 4, c = to + <usize> d * EIGHT;
        multiplyTile(a, from, c, EIGHT, high - low, c);
      }
    }
    if (byKeys) {
      transposeGroups(weights, low, high, i, groups, allWeights);
      transposeGroups(slopes, low, high, i, groups, allSlopes);
    }
  }
  if (byKeys) {
    for (let k = 0; k < gathered; k += TILE_COLUMNS) {
      addGroup(dyRows, allWeights, k, valueTo);
      addGroup(queryRows, allSlopes, k, keyTo);
    }
  }
  gathered = 0;
}

/** Gathered rows as rows of A: `[⌈keys/5⌉, width, 5]`; the last one fills the last tile. */
function packTiles(rows: usize, to: usize): void {
  for (let i = 0; i < gathered; i += TILE_ROWS) {
    const last = gathered - 1;
    packFive(
      load<usize>(rows + (i << 2)), load<usize>(rows + (min(i + 1, last) << 2)),
      load<usize>(rows + (min(i + 2, last) << 2)), load<usize>(rows + (min(i + 3, last) << 2)),
      load<usize>(rows + (min(i + 4, last) << 2)), width, to + <usize> i * width * 4,
    );
  }
}

/** Gathered keys as columns of A: `[⌈width/5⌉, keys, 5]`. */
function packKeyColumns(): void {
  const panel = <usize> gathered * TILE_ROWS * 4;
  const whole = width / TILE_ROWS * TILE_ROWS;
  for (let k = 0; k < gathered; k++) {
    const row = load<usize>(keyAt + (k << 2));
    let at = keyColumns + <usize> k * TILE_ROWS * 4;
    for (let d = 0; d < whole; d += TILE_ROWS) {
      v128.store(at, v128.load(row + (d << 2)));
      store<f32>(at, load<f32>(row + (d << 2), 16), 16);
      at += panel;
    }
    if (whole == width) continue;
    for (let d = 0; d < TILE_ROWS; d++) {
      store<f32>(at + (d << 2), whole + d < width ? load<f32>(row + ((whole + d) << 2)) : 0);
    }
  }
}

/** Scores to weights, and the gradients by weights to those by scores, of eight queries. */
function weigh(low: i32, high: i32, i: i32): void {
  const at = i << 2;
  const log0 = v128.load(logSums + at), log1 = v128.load(logSums + at, 16);
  const inner0 = v128.load(inners + at), inner1 = v128.load(inners + at, 16);
  const counts0 = v128.load(counts + at), counts1 = v128.load(counts + at, 16);
  for (let k = <usize> low * EIGHT; k < <usize> high * EIGHT; k += EIGHT) {
    const p0 = v128.and(exponential(f32x4.sub(v128.load(weights + k), log0)), counts0);
    const p1 = v128.and(exponential(f32x4.sub(v128.load(weights + k, 16), log1)), counts1);
    v128.store(weights + k, p0);
    v128.store(weights + k, p1, 16);
    v128.store(slopes + k, f32x4.mul(p0, f32x4.sub(v128.load(slopes + k), inner0)));
    v128.store(slopes + k, f32x4.mul(p1, f32x4.sub(v128.load(slopes + k, 16), inner1)), 16);
  }
}

/** The same, where weights are dropped: factors multiply the gradients by weights, and the weights. */
function weighDropped(low: i32, high: i32, i: i32): void {
  const keys = dropKeys + (i << 2), key0 = v128.load(keys), key1 = v128.load(keys, 16);
  const least = i32x4.splat(threshold), factor = f32x4.splat(dropFactor);
  for (let k = low; k < high; k++) {
    const at = slopes + <usize> k * EIGHT, number = load<i32>(numbers + (k << 2));
    v128.store(at, f32x4.mul(v128.load(at), keptFactors(key0, number, least, factor)));
    v128.store(at, f32x4.mul(v128.load(at, 16), keptFactors(key1, number, least, factor)), 16);
  }
  weigh(low, high, i);
  for (let k = low; k < high; k++) {
    const at = weights + <usize> k * EIGHT, number = load<i32>(numbers + (k << 2));
    v128.store(at, f32x4.mul(v128.load(at), keptFactors(key0, number, least, factor)));
    v128.store(at, f32x4.mul(v128.load(at, 16), keptFactors(key1, number, least, factor)), 16);
  }
}

/** Zeros for eight queries that see none of the keys. */
function clearGroups(i: i32, groups: i32): void {
  const group = <usize> padded * EIGHT;
  for (let k = 0; k < groups; k += TILE_COLUMNS) {
    const at = <usize> (k / TILE_COLUMNS) * group + <usize> i * EIGHT;
    memory.fill(allWeights + at, 0, TILE_COLUMNS * EIGHT);
    memory.fill(allSlopes + at, 0, TILE_COLUMNS * EIGHT);
  }
}

/** `[keys, 8 queries]` to `[keys/8][queries][8 keys]`; zeros for keys that they do not see. */
function transposeGroups(from: usize, low: i32, high: i32, i: i32, groups: i32, to: usize): void {
  if (low > 0) memory.fill(from, 0, <usize> low * EIGHT);
  if (high < groups) memory.fill(from + <usize> high * EIGHT, 0, <usize> (groups - high) * EIGHT);
  const group = <usize> padded * EIGHT;
  to += <usize> i * EIGHT;
  for (let k = 0; k < groups; k += TILE_COLUMNS) {
    transposeFour(from, EIGHT, to, EIGHT);
    transposeFour(from + 16, EIGHT, to + 4 * EIGHT, EIGHT);
    transposeFour(from + 4 * EIGHT, EIGHT, to + 16, EIGHT);
    transposeFour(from + 4 * EIGHT + 16, EIGHT, to + 4 * EIGHT + 16, EIGHT);
    from += TILE_COLUMNS * EIGHT;
    to += group;
  }
}

/** Four values of each of four rows. */
// @ts-ignore: decorator
@inline
function transposeFour(from: usize, stride: usize, to: usize, toStride: usize): void {
  const a = v128.load(from), b = v128.load(from + stride);
  const c = v128.load(from + 2 * stride), d = v128.load(from + 3 * stride);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(to + toStride, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
  v128.store(to + 2 * toStride, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(to + 3 * toStride, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}

/** Adds the products of a tile's rows with their weights of eight keys to the keys' gradients. */
function addGroup(rows: usize, all: usize, k: i32, addresses: usize): void {
  const keys = min(TILE_COLUMNS, gathered - k);
  let isWanted = false;
  for (let j = k; j < k + keys; j++) isWanted = isWanted || load<usize>(addresses + (j << 2)) != 0;
  if (!isWanted) return;
  const b = all + <usize> k * padded * 4;
  for (let d = 0; d < paddedWidth; d += TILE_ROWS) {
    multiplyTile(rows + <usize> d * padded * 4, b, product + <usize> d * EIGHT, EIGHT, padded, 0);
  }
  const stride = <usize> (width + 3 & ~3) * 4;
  for (let d = 0; d < width; d += 4) {
    const from = product + <usize> d * EIGHT, to = productRows + (d << 2);
    transposeFour(from, EIGHT, to, stride);
    transposeFour(from + 16, EIGHT, to + 4 * stride, stride);
  }
  for (let j = 0; j < keys; j++) {
    const to = load<usize>(addresses + ((k + j) << 2));
    if (to != 0) addInto(to, productRows + j * stride, width);
  }
}

/** The gradient by queries of the tile. */
function finishQueries(args: AttendGradientArguments, tileOffset: usize): void {
  if (!byQueries) return;
  for (let i = 0; i < count; i++) {
    const to = args.queryGradient + tileOffset + <usize> i * rowBytes;
    if (load<i32>(counts + (i << 2)) == 0) {
      memory.fill(to, 0, width * 4); // even if a key holds NaN
      continue;
    }
    const column = output + <usize> (i & ~7) * paddedWidth * 4 + ((i & 7) << 2);
    for (let d = 0; d < width; d++) {
      store<f32>(to + (d << 2), scale * load<f32>(column + <usize> d * EIGHT));
    }
  }
}
