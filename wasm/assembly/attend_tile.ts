/**
 * Attention of a tile of queries of one head to one tile of keys after another.
 *
 * Keys are gathered into tiles, without masked ones and across sources and spans, so that short spans
 * do not lead to small products. A range of which the queries of the tile see different parts is not
 * gathered with others.
 *
 * Eight queries at a time: their scores by `multiplyTile`, an online softmax that keeps a maximum
 * and a sum for each, and the weights times the values by `multiplyTile` again. Keys are the rows
 * of the first product and values those of the second, so that scores come out with the eight
 * queries side by side: every step of the softmax is vertical, and the weights are laid out as the
 * second product needs them.
 */
import { AttendArguments, Part, Span } from "./arguments";
import { byteScores, packByteKeys, packQueries, queryPanel } from "./attend_bytes";
import {
  attendRounded, GROUP, packKeyPanels, packQueryRows, packValuePanels,
} from "./attend_rounded";
import { firstSource, nextSource, seesKeys, spanAt } from "./attend_sources";
import { keptFactors, subkey } from "./dropout";
import { exponential } from "./exponential";
import { byteRow, paddedHead } from "./head_bytes";
import { countBelow, hideOutside, isSameForAll, spanEnd, spanStart } from "./span";
import { multiplyTile, packColumns, packFive, TILE_COLUMNS, TILE_ROWS } from "./tile";
import { fill } from "./vector";

/** Most queries of a tile; a multiple of `TILE_COLUMNS`. */
const QUERIES: i32 = 256;

/**
 * Most keys of a tile; a multiple of `TILE_ROWS`. Packed with values: 166 KB for heads of 64. The 641
 * keys that a token sees in LSG with blocks of 128 are two tiles, with blocks of 32 one.
 */
const KEYS: i32 = 325;

/** Widest head; the tiles of wider ones would not fit the scratch memory. */
const WIDEST_HEAD: i32 = 256;

/**
 * Bytes of each part of the scratch memory; 260 is the widest head in whole tiles, and eight queries
 * that are rounded have steps and starts.
 */
const QUERY_BYTES: usize = QUERIES * WIDEST_HEAD * 4 + QUERIES * 8;
const KEY_BYTES: usize = KEYS * WIDEST_HEAD * 4;
const VALUE_BYTES: usize = KEYS * 260 * 4;
const SCORE_BYTES: usize = KEYS * TILE_COLUMNS * 4;
const OUTPUT_BYTES: usize = QUERIES * 260 * 4;

/** Bytes of a vector of eight queries. */
const EIGHT: usize = TILE_COLUMNS * 4;

/** Bytes of a line of the cache. */
const LINE: usize = 64;

/** The tile that a thread works on; each thread has a copy of the module. */
let count: i32, width: i32, paddedWidth: i32, position: i32;
/** Parts of the scratch memory. */
let packedQuery: usize, packedKeys: usize, packedValues: usize, scores: usize;
let output: usize, maxima: usize, sums: usize;
/**
 * Gathered keys: their number, addresses of their rows and of their values, positions in their
 * source.
 */
let gathered: i32, keyRows: usize, valueRows: usize, positions: usize;
/** Whether weights and values are rounded; where the steps of queries are. */
let rounds: bool, querySteps: usize;
/** Whether keys are in 8 bits; bytes from a key to its step; steps of packed keys; a head; zeros. */
let isBytes: bool, stepAt: usize, keySteps: usize, head: usize, zeros: usize;
/** Dropout: the numbers of the gathered keys, the keys of the queries, what is kept and by what factor. */
let numbers: usize, dropKeys: usize, threshold: i32, dropFactor: f32;

/** `queries` queries of one head, from the part's query `start` on. */
export function attendTile(
  args: AttendArguments, part: Part, b: i32, h: i32, start: i32, queries: i32, scratch: usize,
): void {
  const query = args.query, y = args.y, rows = args.rows, heads = args.heads;
  const keyHeads = args.keyHeads, scale = args.scale, first = part.first;
  count = queries;
  width = args.width;
  rounds = part.rounds != 0;
  const columns = rounds ? TILE_COLUMNS : TILE_ROWS, most = rounds ? GROUP : KEYS;
  paddedWidth = (width + columns - 1) / columns * columns;
  position = part.position + start;
  gathered = 0;

  packedQuery = scratch;
  packedKeys = packedQuery + QUERY_BYTES;
  packedValues = packedKeys + KEY_BYTES;
  scores = packedValues + VALUE_BYTES;
  output = scores + SCORE_BYTES;
  maxima = output + OUTPUT_BYTES;
  sums = maxima + QUERIES * 4;
  keyRows = sums + QUERIES * 4;
  valueRows = keyRows + KEYS * 4;
  positions = valueRows + KEYS * 4;
  numbers = positions + KEYS * 4;
  dropKeys = numbers + KEYS * 4;
  keySteps = dropKeys + QUERIES * 4;
  head = keySteps + KEYS * 4;
  zeros = head + WIDEST_HEAD * 4;
  querySteps = zeros + WIDEST_HEAD * 4;
  threshold = args.threshold;
  dropFactor = args.dropFactor;
  if (dropFactor != 0) {
    const number = (b * heads + h) * rows + first + start;
    for (let i = 0; i < QUERIES; i++) {
      store<i32>(dropKeys + (i << 2), subkey(args.dropKey, number + i));
    }
  }

  memory.fill(output, 0, <usize> (rounds ? count + 4 : count + 7 & ~7) * paddedWidth * 4);
  memory.fill(sums, 0, QUERIES * 4);
  for (let i = 0; i < QUERIES; i++) store<f32>(maxima + (i << 2), -f32.MAX_VALUE);

  const rowBytes = <usize> heads * width * 4;
  const tileOffset = (<usize> (b * rows + first + start) * heads + h) * width * 4;
  const valueStride = <usize> keyHeads * width * 4, keyHead = h * keyHeads / heads;
  let packedFrom: usize = 0, touched = 0;
  let source = firstSource(part);
  for (let s = 0; s < part.sources; s++, source = nextSource(source)) {
    const own = source.query, entries = source.count, mask = source.mask;
    const areBytes = source.size == 1, valueWidth = <usize> width * 4;
    const keyWidth = areBytes ? <usize> paddedHead(width) : valueWidth;
    const keyStride = areBytes ? byteRow(keyHeads, width) : valueStride;
    const row = <usize> (b * source.rows + source.first);
    const keys = source.keys + row * keyStride + keyHead * keyWidth;
    const values = source.values + row * valueStride + keyHead * valueWidth;
    const maskRow = source.isPerHead ? b * heads + h : b;
    const visible = mask ? mask + <usize> (maskRow * entries) * 4 : 0;
    const from = own ? own : query;
    if (rounds) attendAll();
    if (from != packedFrom || areBytes != isBytes) {
      attendAll();
      for (let i = 0; i < count; i++) touched ^= touch(from + tileOffset + i * rowBytes, valueWidth);
      if (rounds) {
        packQueryRows(from + tileOffset, rowBytes, count, width, scale, packedQuery, querySteps, head);
      } else if (areBytes) {
        packQueries(from + tileOffset, rowBytes, count, width, scale, packedQuery, head);
      } else {
        packColumns(from + tileOffset, rowBytes, count, width, packedQuery);
        multiplyBy(scale, packedQuery, ((count + 7) & ~7) * width);
      }
      stepAt = (keyHeads - keyHead) * keyWidth + keyHead * 4;
      packedFrom = from;
      isBytes = areBytes;
    }
    for (let n = 0; n < source.spans; n++) {
      const span = spanAt(source, n);
      const low = spanStart(span, position);
      const high = min(entries, spanEnd(span, position + (rounds ? args.tile : count) - 1));
      // Ranges that all queries see are gathered across spans and sources. The last tile is treated
      // as a whole one, so that padding after a text does not change a bit of the result.
      const isSame = isSameForAll(span, position, position + args.tile - 1);
      if (!isSame) attendAll();
      for (let key = low; key < high; key++) {
        if (visible && load<i32>(visible + (key << 2)) == 0) continue;
        const at = gathered << 2, keyRow = keys + key * keyStride, valueRow = values + key * valueStride;
        touched ^= touch(keyRow, keyWidth) ^ touch(valueRow, valueWidth);
        store<usize>(keyRows + at, keyRow);
        store<usize>(valueRows + at, valueRow);
        store<i32>(positions + at, key);
        store<i32>(numbers + at, source.number + key);
        if (++gathered < most) continue;
        if (isSame) attendAll();
        else attendGathered(span);
      }
      if (!isSame) attendGathered(span);
    }
  }
  attendAll();
  store<i32>(positions, touched); // or nothing would be read

  const queryMask = args.queryMask;
  for (let i = 0; i < count; i++) {
    const total = load<f32>(sums + (i << 2));
    const row = <usize> (b * rows + first + start + i);
    const masked = queryMask && load<i32>(queryMask + row * 4) == 0;
    const to = y + tileOffset + i * rowBytes;
    if (args.logSum) {
      const log = <f64> load<f32>(maxima + (i << 2)) + NativeMath.log(<f64> total);
      const place = args.logSum + (row * heads + h) * 4;
      store<f32>(place, total == 0 || masked ? -Infinity : <f32> log);
    }
    if (total == 0 || masked) {
      memory.fill(to, 0, width * 4); // even if a masked query holds NaN
      // Scores that are all below the range of float32 have no weights.
      if (!masked && seesKeys(part, b, h, heads, position + i)) fill(to, NaN, width);
      continue;
    }
    const factor: f32 = 1 / total;
    const eight = output + <usize> (i & ~7) * paddedWidth * 4;
    const from = eight + (rounds ? (i & 7) * paddedWidth << 2 : (i & 7) << 2);
    const apart: usize = rounds ? 4 : EIGHT;
    for (let d = 0; d < width; d++) store<f32>(to + (d << 2), load<f32>(from + d * apart) * factor);
  }
}

/** A core fetches the lines of many rows at once; packed one by one they would be waited for. */
// @ts-ignore: decorator
@inline
function touch(row: usize, bytes: usize): i32 {
  let touched = 0;
  for (let d: usize = 0; d < bytes; d += LINE) touched ^= load<i32>(row + d);
  return touched;
}

/** `x = scale·x` for `count` values, in whole vectors. */
function multiplyBy(scale: f32, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    v128.store(x + (i << 2), f32x4.mul(v128.load(x + (i << 2)), f32x4.splat(scale)));
  }
}

/** Attends to the gathered keys, which each query sees. */
function attendAll(): void {
  attendGathered(changetype<Span>(0));
}

/** Attends to the gathered keys; each query sees its part of them, or all if there is no span. */
function attendGathered(span: Span): void {
  if (gathered == 0) return;
  if (rounds) return roundGathered(span);
  if (isBytes) packByteKeys(keyRows, gathered, width, stepAt, packedKeys, keySteps);
  else packKeys();
  packValues();
  for (let i = 0; i < count; i += TILE_COLUMNS) {
    const first = position + i, last = position + min(i + TILE_COLUMNS, count) - 1;
    let low = 0, high = gathered;
    if (changetype<usize>(span)) {
      // Whole tiles of the keys that any of the eight queries sees.
      low = countBelow(spanStart(span, first), positions, gathered) / TILE_ROWS * TILE_ROWS;
      high = countBelow(spanEnd(span, last), positions, gathered);
      if (low >= high) continue;
    }
    if (isBytes) {
      const eight = packedQuery + (i >> 3) * queryPanel(width);
      byteScores(packedKeys, eight, low, high, width, keySteps, scores, zeros);
    } else {
      const eight = packedQuery + <usize> i * width * 4;
      for (let k = low; k < high; k += TILE_ROWS) {
        const to = scores + <usize> (k - low) * EIGHT;
        multiplyTile(packedKeys + <usize> k * width * 4, eight, to, EIGHT, width, 0);
      }
    }
    if (changetype<usize>(span)) hideOutside(span, first, last, positions + (low << 2), high - low, scores);
    const result = output + <usize> i * paddedWidth * 4;
    softmaxEight(scores, high - low, maxima + (i << 2), sums + (i << 2), result, paddedWidth);
    if (dropFactor != 0) dropEight(low, high, dropKeys + (i << 2));
    for (let d = 0; d < paddedWidth; d += TILE_ROWS) {
      const to = result + <usize> d * EIGHT;
      const a = packedValues + <usize> (d * gathered + low * TILE_ROWS) * 4;
      multiplyTile(a, scores, to, EIGHT, high - low, to);
    }
  }
  gathered = 0;
}

/** The same with weights and values in 8 bits. */
function roundGathered(span: Span): void {
  packKeyPanels(keyRows, gathered, width, stepAt, packedKeys);
  packValuePanels(valueRows, gathered, width, packedValues, packedValues + VALUE_BYTES - GROUP * 36);
  attendRounded(
    span, position, positions, count, gathered, width, packedQuery, querySteps, packedKeys,
    packedValues, scores, maxima, sums, output, zeros,
  );
  gathered = 0;
}

/** Drops weights of eight queries, by the numbers of keys `low` to `high`. */
function dropEight(low: i32, high: i32, keys: usize): void {
  const key0 = v128.load(keys), key1 = v128.load(keys, 16);
  const least = i32x4.splat(threshold), factor = f32x4.splat(dropFactor);
  let at = scores;
  for (let k = low; k < high; k++, at += EIGHT) {
    const number = load<i32>(numbers + (k << 2));
    v128.store(at, f32x4.mul(v128.load(at), keptFactors(key0, number, least, factor)));
    v128.store(at, f32x4.mul(v128.load(at, 16), keptFactors(key1, number, least, factor)), 16);
  }
}

/** Gathered keys as rows of A: `[⌈keys/5⌉, width, 5]`; the last one fills the last tile. */
function packKeys(): void {
  for (let i = gathered; i % TILE_ROWS > 0; i++) {
    store<usize>(keyRows + (i << 2), load<usize>(keyRows + ((gathered - 1) << 2)));
  }
  for (let i = 0; i < gathered; i += TILE_ROWS) {
    const at = keyRows + (i << 2);
    packFive(
      load<usize>(at), load<usize>(at, 4), load<usize>(at, 8), load<usize>(at, 12),
      load<usize>(at, 16), width, packedKeys + <usize> i * width * 4,
    );
  }
}

/** Gathered values as rows of A: `[⌈width/5⌉, keys, 5]`. */
function packValues(): void {
  const panel = <usize> gathered * TILE_ROWS * 4;
  const whole = width / TILE_ROWS * TILE_ROWS;
  for (let k = 0; k < gathered; k++) {
    const row = load<usize>(valueRows + (k << 2));
    let at = packedValues + <usize> k * TILE_ROWS * 4;
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

/**
 * Scores `[count, 8]` to weights `exp(s − m)`, with new maxima `m`; scales the sums and the output
 * `[paddedWidth, 8]` so far to match.
 */
function softmaxEight(
  scores: usize, count: i32, maxima: usize, sums: usize, output: usize, paddedWidth: i32,
): void {
  const old0 = v128.load(maxima), old1 = v128.load(maxima, 16);
  let m0 = old0, m1 = old1;
  const end = scores + <usize> count * EIGHT;
  for (let at = scores; at < end; at += EIGHT) {
    m0 = f32x4.pmax(m0, v128.load(at));
    m1 = f32x4.pmax(m1, v128.load(at, 16));
  }
  let sum0 = f32x4.splat(0), sum1 = sum0;
  for (let at = scores; at < end; at += EIGHT) {
    const w0 = exponential(f32x4.sub(v128.load(at), m0));
    v128.store(at, w0);
    sum0 = f32x4.add(sum0, w0);
    const w1 = exponential(f32x4.sub(v128.load(at, 16), m1));
    v128.store(at, w1, 16);
    sum1 = f32x4.add(sum1, w1);
  }
  if (v128.any_true(v128.or(f32x4.ne(m0, old0), f32x4.ne(m1, old1)))) {
    const shrink0 = exponential(f32x4.sub(old0, m0)), shrink1 = exponential(f32x4.sub(old1, m1));
    v128.store(maxima, m0);
    v128.store(maxima, m1, 16);
    v128.store(sums, f32x4.mul(v128.load(sums), shrink0));
    v128.store(sums, f32x4.mul(v128.load(sums, 16), shrink1), 16);
    for (let d = 0; d < paddedWidth; d++) {
      const at = output + <usize> d * EIGHT;
      v128.store(at, f32x4.mul(v128.load(at), shrink0));
      v128.store(at, f32x4.mul(v128.load(at, 16), shrink1), 16);
    }
  }
  v128.store(sums, f32x4.add(v128.load(sums), sum0));
  v128.store(sums, f32x4.add(v128.load(sums, 16), sum1), 16);
}
