/**
 * Attention over spans of keys; see cpu/attend.ts.
 *
 * Tiles of queries are attended to in attend_tile.ts; a few queries of which all see the same keys of
 * other rows, in attend_rows.ts.
 */
import { AttendArguments, Part } from "./arguments";
import {
  addRow, areFewQueries, finishRows, headsOfGroup, keepRows, startRows, useSize,
} from "./attend_rows";
import { firstSource, nextSource, spanAt } from "./attend_sources";
import { attendTile } from "./attend_tile";
import { byteRow } from "./head_bytes";
import { CHUNK, mergeRows, partialBytes, sharersOfChunks } from "./row_chunks";
import { isSameForAll, spanEnd, spanStart } from "./span";
import { nextTurn } from "./turns";
import { fill } from "./vector";

/** Heads whose keys and values, of all that a tile sees, stay in a core's second-level cache. */
const HEADS: i32 = 4;

/**
 * Threads take turns at the tiles. If spans move, some heads of a tile's queries come before the
 * next queries, which see most of the same keys, and then the next heads.
 */
export function attend(args: AttendArguments, thread: i32, threads: i32, scratch: usize): void {
  if (args.merges) return mergeChunks(args);
  const batch = args.batch, heads = args.heads, tile = args.tile;
  let part = changetype<Part>(changetype<usize>(args) + offsetof<AttendArguments>());
  let turn = nextTurn(), first = 0;
  for (let p = 0; p < args.parts; p++) {
    const queries = part.count, moves = part.moves;
    if (isForRows(part, args)) {
      const chunks = part.chunks;
      const sharing = chunks > 0 ? sharersOfChunks(batch * chunks, threads) : threads;
      const group = headsOfGroup(queries, heads, args.width, sharing);
      const groups = (heads + group - 1) / group, all = batch * max(1, chunks) * groups;
      for (; turn < first + all; turn = nextTurn()) {
        const at = (turn - first) / groups, h = (turn - first) % groups * group;
        const end = min(heads, h + group);
        if (chunks > 0) attendChunk(args, part, at, h, end, scratch);
        else attendRows(args, part, at, h, end, scratch);
      }
      first += all;
      part = nextPart(part);
      continue;
    }
    const tiles = (queries + tile - 1) / tile;
    const all = batch * heads * tiles;
    for (; turn < first + all; turn = nextTurn()) {
      const b = (turn - first) / (heads * tiles), rest = (turn - first) % (heads * tiles);
      const group = rest / (tiles * HEADS), within = rest % (tiles * HEADS);
      const some = min(HEADS, heads - group * HEADS);
      const h = moves ? group * HEADS + within % some : rest / tiles;
      const start = tile * (moves ? within / some : rest % tiles);
      attendTile(args, part, b, h, start, min(tile, queries - start), scratch);
    }
    first += all;
    part = nextPart(part);
  }
}

function nextPart(part: Part): Part {
  let source = firstSource(part);
  for (let s = 0; s < part.sources; s++) source = nextSource(source);
  return changetype<Part>(changetype<usize>(source));
}

/**
 * Whether a part has few queries, which all see the same keys, of other rows than the queries'. Among
 * themselves rows are attended to by tiles, whatever their number: so a short text gives the same alone
 * as padded among longer ones.
 */
function isForRows(part: Part, args: AttendArguments): bool {
  if (!areFewQueries(part.count, args.width) || part.rounds) return false;
  if (args.dropFactor != 0 || args.logSum != 0) return false;
  const first = part.position, last = first + part.count - 1;
  let source = firstSource(part);
  for (let s = 0; s < part.sources; s++, source = nextSource(source)) {
    if (source.query != 0 || source.isPerHead || source.rows == args.rows) return false;
    if (source.size != source.valueSize) return false;
    for (let n = 0; n < source.spans; n++) {
      if (!isSameForAll(spanAt(source, n), first, last)) return false;
    }
  }
  return true;
}

/**
 * All queries of such a part, of heads `first` to `end`, and one chunk of keys, of which sums are
 * kept: threads read whole rows faster than parts of rows. Chunks begin at the same keys for any number
 * of threads and queries, so that no bit depends on these.
 *
 * @param chunk Its number among those of all of the batch.
 */
function attendChunk(
  args: AttendArguments, part: Part, chunk: i32, first: i32, end: i32, scratch: usize,
): void {
  const low = chunk % part.chunks * CHUNK, pairs = args.heads * part.count;
  readRows(args, part, chunk / part.chunks, first, end, low, low + CHUNK, scratch);
  keepRows(part.partials + <usize> chunk * pairs * partialBytes(args.width));
}

/** Adds up what is known of chunks: threads take turns at heads. */
function mergeChunks(args: AttendArguments): void {
  const heads = args.heads, all = args.batch * heads;
  let part = changetype<Part>(changetype<usize>(args) + offsetof<AttendArguments>());
  let turn = nextTurn(), first = 0;
  for (let p = 0; p < args.parts; p++, part = nextPart(part)) {
    if (part.chunks == 0) continue;
    for (; turn < first + all; turn = nextTurn()) {
      mergeHead(args, part, (turn - first) / heads, (turn - first) % heads);
    }
    first += all;
  }
}

function mergeHead(args: AttendArguments, part: Part, b: i32, h: i32): void {
  const heads = args.heads, width = args.width, queries = part.count, queryMask = args.queryMask;
  const bytes = <usize> width * 4, one = partialBytes(width), stride = heads * queries * one;
  for (let q = 0; q < queries; q++) {
    const row = <usize> (b * args.rows + part.first + q), y = args.y + (row * heads + h) * bytes;
    const from = part.partials + b * part.chunks * stride + (h * queries + q) * one;
    const isMasked = queryMask != 0 && load<i32>(queryMask + (row << 2)) == 0;
    if (isMasked) fill(y, 0, width);
    else mergeRows(from, stride, part.chunks, y, width);
  }
}

/** All queries of such a part, of heads `first` to `end`. */
function attendRows(
  args: AttendArguments, part: Part, b: i32, first: i32, end: i32, scratch: usize,
): void {
  readRows(args, part, b, first, end, 0, i32.MAX_VALUE, scratch);
  const row = <usize> (b * args.rows + part.first), queryMask = args.queryMask;
  const stride = <usize> (args.heads * args.width) * 4;
  for (let q = 0; q < part.count; q++) {
    const masked = queryMask != 0 && load<i32>(queryMask + (row + q) * 4) == 0;
    finishRows(q, args.y + (row + q) * stride, masked);
  }
}

/** Has queries attend to the keys `low` to `high` of each source. */
function readRows(
  args: AttendArguments, part: Part, b: i32, first: i32, end: i32, low: i32, high: i32, scratch: usize,
): void {
  const heads = args.heads, keyHeads = args.keyHeads, headWidth = args.width;
  const stride = <usize> (heads * headWidth) * 4;
  const x = args.query + <usize> (b * args.rows + part.first) * stride;
  startRows(x, stride, part.count, first, end, heads, keyHeads, headWidth, args.scale, scratch);
  let source = firstSource(part);
  for (let s = 0; s < part.sources; s++, source = nextSource(source)) {
    const entries = source.count, mask = source.mask;
    const keyStride = source.size == 1
      ? byteRow(keyHeads, headWidth)
      : <usize> (keyHeads * headWidth * source.size);
    useSize(source.size);
    const offset = <usize> (b * source.rows + source.first) * keyStride;
    const keys = source.keys + offset, values = source.values + offset;
    const visible = mask ? mask + <usize> (b * entries) * 4 : 0;
    for (let n = 0; n < source.spans; n++) {
      const span = spanAt(source, n);
      const last = min(min(entries, high), spanEnd(span, part.position));
      for (let key = max(low, spanStart(span, part.position)); key < last; key++) {
        if (visible && load<i32>(visible + (key << 2)) == 0) continue;
        const row = <usize> key * keyStride;
        addRow(keys + row, values + row);
      }
    }
  }
}
