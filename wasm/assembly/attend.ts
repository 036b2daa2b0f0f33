/**
 * Attention over spans of keys; what it means is in cpu/attend.ts.
 *
 * A tile of queries of one head goes over tiles of keys: scores by `multiplyTile`, an online softmax
 * that keeps a maximum and a sum a row, then the weights times the values by `multiplyTile` again.
 * Scores never leave the scratch memory.
 */
import { exponential } from "./exponential";
import { multiplyTile, packColumns, packRows, TILE_COLUMNS, TILE_ROWS } from "./tile";

/** Queries a tile at most: their scores against a tile of keys are 66 KB, well inside L2. */
const QUERIES: i32 = 130;

/** Keys a tile at most. */
const KEYS: i32 = 128;

/** Widest head; the tiles of wider ones would not fit the scratch memory. */
export const WIDEST_HEAD: i32 = 256;

/** Bytes of each part of the scratch memory. */
const QUERY_BYTES: usize = QUERIES * WIDEST_HEAD * 4;
const KEY_BYTES: usize = KEYS * WIDEST_HEAD * 4;
const SCORE_BYTES: usize = QUERIES * KEYS * 4;

/** Offsets of a call's arguments. */
const HEADER: usize = 11 * 4;
const PART: usize = 4 * 4;
const SOURCE: usize = 9 * 4;
const SPAN: usize = 5 * 4;

/**
 * Arguments: query, y, queryMask or 0, batch, rows, heads, width, keyHeads, scale (f32), queries a
 * tile, parts; for each part first, count, place, sources; for each source query or 0, keys, values,
 * rows, first, count, mask or 0, whether the mask is per head, spans; for each span block, stride,
 * start, end, causal.
 *
 * Threads take turns at the tiles.
 */
export function attend(args: usize, thread: i32, threads: i32, scratch: usize): void {
  const batch = load<i32>(args, 12), heads = load<i32>(args, 20);
  const tile = load<i32>(args, 36), parts = load<i32>(args, 40);
  let part = args + HEADER;
  let turn = 0;
  for (let p = 0; p < parts; p++) {
    const count = load<i32>(part, 4);
    for (let b = 0; b < batch; b++) {
      for (let h = 0; h < heads; h++) {
        for (let start = 0; start < count; start += tile) {
          if (turn == thread) attendTile(args, part, b, h, start, min(tile, count - start), scratch);
          if (++turn == threads) turn = 0;
        }
      }
    }
    part = nextPart(part);
  }
}

function nextPart(part: usize): usize {
  const sources = load<i32>(part, 12);
  let source = part + PART;
  for (let s = 0; s < sources; s++) source += SOURCE + <usize> load<i32>(source, 32) * SPAN;
  return source;
}

/** `count` queries of one head, from the part's query `start` on. */
function attendTile(
  args: usize, part: usize, b: i32, h: i32, start: i32, count: i32, scratch: usize,
): void {
  const query = load<usize>(args), y = load<usize>(args, 4);
  const rows = load<i32>(args, 16), heads = load<i32>(args, 20), width = load<i32>(args, 24);
  const keyHeads = load<i32>(args, 28), scale = load<f32>(args, 32);
  const first = load<i32>(part), place = load<i32>(part, 8) + start;
  const paddedWidth = (width + TILE_COLUMNS - 1) & ~(TILE_COLUMNS - 1);
  const paddedCount = (count + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;

  const packedQuery = scratch;
  const packedKeys = packedQuery + QUERY_BYTES;
  const packedValues = packedKeys + KEY_BYTES;
  const scores = packedValues + KEY_BYTES;
  const packedScores = scores + SCORE_BYTES;
  const output = packedScores + SCORE_BYTES;
  const maxima = output + QUERY_BYTES;
  const sums = maxima + QUERIES * 4;
  const visibility = sums + QUERIES * 4;

  memory.fill(output, 0, paddedCount * paddedWidth * 4);
  memory.fill(sums, 0, paddedCount * 4);
  for (let i = 0; i < paddedCount; i++) store<f32>(maxima + (i << 2), -f32.MAX_VALUE);

  const rowBytes = <usize> heads * width * 4;
  const tileOffset = (<usize> (b * rows + first + start) * heads + h) * width * 4;
  const keyStride = <usize> keyHeads * width * 4;
  const keyHead = h * keyHeads / heads;
  let packedFrom: usize = 0;
  const sources = load<i32>(part, 12);
  let source = part + PART;
  for (let s = 0; s < sources; s++) {
    const own = load<usize>(source);
    const keys = load<usize>(source, 4), values = load<usize>(source, 8);
    const sourceRows = load<i32>(source, 12), sourceFirst = load<i32>(source, 16);
    const entries = load<i32>(source, 20), mask = load<usize>(source, 24);
    const maskRow = load<i32>(source, 28) ? b * heads + h : b;
    const spans = load<i32>(source, 32);
    const from = own ? own : query;
    if (from != packedFrom) {
      packRows(from + tileOffset, rowBytes, count, width, packedQuery);
      multiplyBy(scale, packedQuery, paddedCount * width);
      packedFrom = from;
    }
    for (let n = 0; n < spans; n++) {
      const span = source + SOURCE + <usize> n * SPAN;
      const lowest = spanStart(span, place);
      const highest = min(entries, spanEnd(span, place + count - 1));
      for (let key = lowest; key < highest; key += KEYS) {
        const keyCount = min(KEYS, highest - key);
        const visible = mask ? mask + <usize> (maskRow * entries + key) * 4 : 0;
        if (!spreadMask(visible, keyCount, visibility)) continue;
        const keyOffset = (<usize> (b * sourceRows + sourceFirst + key) * keyHeads + keyHead) * width * 4;
        packColumns(keys + keyOffset, keyStride, keyCount, width, packedKeys);
        packValues(values + keyOffset, keyStride, keyCount, width, visibility, packedValues);
        multiplyAll(packedQuery, packedKeys, scores, KEYS * 4, paddedCount, (keyCount + 7) & ~7, width, false);
        softmaxRows(scores, maxima, sums, output, visibility, span, place, key, keyCount, count, paddedWidth);
        packRows(scores, KEYS * 4, paddedCount, keyCount, packedScores);
        multiplyAll(packedScores, packedValues, output, paddedWidth * 4, paddedCount, paddedWidth, keyCount, true);
      }
    }
    source += SOURCE + <usize> spans * SPAN;
  }

  const queryMask = load<usize>(args, 8);
  for (let i = 0; i < count; i++) {
    const total = load<f32>(sums + (i << 2));
    const masked = queryMask && load<i32>(queryMask + <usize> (b * rows + first + start + i) * 4) == 0;
    const to = y + tileOffset + i * rowBytes;
    if (total == 0 || masked) {
      memory.fill(to, 0, width * 4); // whatever a masked query holds
      continue;
    }
    const factor: f32 = 1 / total;
    const row = output + <usize> i * paddedWidth * 4;
    for (let d = 0; d < width; d++) {
      store<f32>(to + (d << 2), load<f32>(row + (d << 2)) * factor);
    }
  }
}

/** `x = scale·x` for `count` values, in whole vectors. */
function multiplyBy(scale: f32, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    v128.store(x + (i << 2), f32x4.mul(v128.load(x + (i << 2)), f32x4.splat(scale)));
  }
}

/** First entry that the query at a place sees; queries after it see none before. */
function spanStart(span: usize, place: i32): i32 {
  return max(0, place / load<i32>(span) * load<i32>(span, 4) + load<i32>(span, 8));
}

/** Entry after the last that the query at a place sees, were there so many. */
function spanEnd(span: usize, place: i32): i32 {
  const end = place / load<i32>(span) * load<i32>(span, 4) + load<i32>(span, 12);
  return load<i32>(span, 16) ? min(end, place + 1) : end;
}

/** All bits set for a visible key, none for a masked one; false if all are masked. */
function spreadMask(mask: usize, count: i32, visibility: usize): bool {
  if (mask == 0) {
    memory.fill(visibility, 0xff, KEYS * 4);
    return true;
  }
  let some = 0;
  for (let i = 0; i < count; i++) {
    const visible = load<i32>(mask + (i << 2));
    store<i32>(visibility + (i << 2), -visible);
    some |= visible;
  }
  return some != 0;
}

/** Values as columns of B: `[⌈width/8⌉, keys, 8]`; of a masked key zeros, whatever it holds. */
function packValues(
  from: usize, stride: usize, count: i32, width: i32, visibility: usize, to: usize,
): void {
  for (let column = 0; column < width; column += TILE_COLUMNS) {
    const present = min(TILE_COLUMNS, width - column);
    for (let k = 0; k < count; k++) {
      const row = from + k * stride + column * 4;
      if (load<i32>(visibility + (k << 2)) == 0) {
        memory.fill(to, 0, TILE_COLUMNS * 4);
      } else if (present == TILE_COLUMNS) {
        v128.store(to, v128.load(row));
        v128.store(to, v128.load(row, 16), 16);
      } else {
        for (let i = 0; i < TILE_COLUMNS; i++) {
          store<f32>(to + (i << 2), i < present ? load<f32>(row + (i << 2)) : 0);
        }
      }
      to += TILE_COLUMNS * 4;
    }
  }
}

/** `C = A·B`, or `C += A·B`, of packed operands. */
function multiplyAll(
  a: usize, b: usize, c: usize, stride: usize, rows: i32, columns: i32, steps: i32, adds: bool,
): void {
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    const panel = b + <usize> column * steps * 4;
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const to = c + row * stride + column * 4;
      multiplyTile(a + <usize> row * steps * 4, panel, to, stride, steps, adds ? to : 0);
    }
  }
}

/** Scores to weights `exp(s − m)`, with new maxima `m`; scales sums and outputs so far to match. */
function softmaxRows(
  scores: usize, maxima: usize, sums: usize, output: usize, visibility: usize, span: usize,
  place: i32, key: i32, keyCount: i32, count: i32, paddedWidth: i32,
): void {
  for (let i = 0; i < count; i++) {
    const row = scores + <usize> i * KEYS * 4;
    const low = max(0, spanStart(span, place + i) - key);
    const high = min(keyCount, spanEnd(span, place + i) - key);
    if (low >= high) {
      memory.fill(row, 0, keyCount * 4);
      continue;
    }
    // What is not seen gets the weight 0: on both sides of the range, and up to a whole vector.
    for (let j = 0; j < low; j++) store<f32>(row + (j << 2), -Infinity);
    const vectors = (keyCount + 3) & ~3;
    for (let j = high; j < vectors; j++) store<f32>(row + (j << 2), -Infinity);

    const old = load<f32>(maxima + (i << 2));
    let largest = f32x4.splat(old);
    for (let j = 0; j < vectors; j += 4) {
      const at = row + (j << 2);
      const score = v128.bitselect(
        v128.load(at), f32x4.splat(-Infinity), v128.load(visibility + (j << 2)),
      );
      v128.store(at, score);
      largest = f32x4.pmax(largest, score);
    }
    const maximum = max(
      max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
      max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
    );
    let total = f32x4.splat(0);
    for (let j = 0; j < vectors; j += 4) {
      const at = row + (j << 2);
      const weight = exponential(f32x4.sub(v128.load(at), f32x4.splat(maximum)));
      v128.store(at, weight);
      total = f32x4.add(total, weight);
    }
    const sum = f32x4.extract_lane(total, 0) + f32x4.extract_lane(total, 1) +
      f32x4.extract_lane(total, 2) + f32x4.extract_lane(total, 3);
    if (maximum > old) {
      const shrink = f32x4.extract_lane(exponential(f32x4.splat(old - maximum)), 0);
      store<f32>(maxima + (i << 2), maximum);
      store<f32>(sums + (i << 2), load<f32>(sums + (i << 2)) * shrink + sum);
      const to = output + <usize> i * paddedWidth * 4;
      for (let d = 0; d < paddedWidth; d += 4) {
        v128.store(to + (d << 2), f32x4.mul(v128.load(to + (d << 2)), f32x4.splat(shrink)));
      }
    } else {
      store<f32>(sums + (i << 2), load<f32>(sums + (i << 2)) + sum);
    }
  }
}
