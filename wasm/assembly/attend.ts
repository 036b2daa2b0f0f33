/**
 * Attention over spans of keys; see cpu/attend.ts.
 *
 * Tiles of queries are attended to in attend_tile.ts; a few queries of which all see the same keys of
 * other rows, in attend_rows.ts.
 */
import { AttendArguments, Part } from "./arguments";
import {
  addRow, areFewQueries, CHUNK, finishRows, headsOfGroup, scoreKeys, scoreOffset, startRows, useScores,
  useSize,
} from "./attend_rows";
import { firstSource, nextSource, spanAt } from "./attend_sources";
import { attendTile } from "./attend_tile";
import { byteRow } from "./head_bytes";
import { isSameForAll, spanEnd, spanStart } from "./span";
import { nextTurn } from "./turns";

/** Heads whose keys and values, of all that a tile sees, stay in a core's second-level cache. */
const HEADS: i32 = 4;

/**
 * Threads take turns at the tiles. If spans move, some heads of a tile's queries come before the
 * next queries, which see most of the same keys, and then the next heads.
 */
export function attend(args: AttendArguments, thread: i32, threads: i32, scratch: usize): void {
  if (args.onlyScores) return scoreAll(args, scratch);
  const batch = args.batch, heads = args.heads, tile = args.tile;
  let part = changetype<Part>(changetype<usize>(args) + offsetof<AttendArguments>());
  let turn = nextTurn(), first = 0;
  for (let p = 0; p < args.parts; p++) {
    const queries = part.count, moves = part.moves;
    if (isForRows(part, args)) {
      const group = headsOfGroup(queries, heads, args.width, threads);
      const groups = (heads + group - 1) / group, all = batch * groups;
      for (; turn < first + all; turn = nextTurn()) {
        const b = (turn - first) / groups, h = (turn - first) % groups * group;
        attendRows(args, part, b, h, min(heads, h + group), scratch);
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

/** Scores of all keys of the only source for its one query: threads take turns at keys. */
function scoreAll(args: AttendArguments, scratch: usize): void {
  const part = changetype<Part>(changetype<usize>(args) + offsetof<AttendArguments>());
  const source = firstSource(part), heads = args.heads, keyHeads = args.keyHeads, width = args.width;
  const entries = source.count, chunks = (entries + CHUNK - 1) / CHUNK;
  const stride = <usize> (heads * width) * 4, keyStride = <usize> (keyHeads * width) * 4;
  for (let turn = nextTurn(); turn < args.batch * chunks; turn = nextTurn()) {
    const b = turn / chunks, first = turn % chunks * CHUNK;
    const x = args.query + <usize> (b * args.rows + part.first) * stride;
    startRows(x, stride, 1, 0, heads, heads, keyHeads, width, args.scale, scratch);
    const keys = source.keys + <usize> (b * source.rows + source.first) * keyStride;
    const visible = source.mask ? source.mask + <usize> (b * entries) * 4 : 0;
    const to = args.scores + (<usize> (b * heads * chunks) * CHUNK + first) * 4;
    scoreKeys(keys, keyStride, first, entries, visible, to, <usize> (chunks * CHUNK) * 4);
  }
}

/** All queries of such a part, of heads `first` to `end`. */
function attendRows(
  args: AttendArguments, part: Part, b: i32, first: i32, end: i32, scratch: usize,
): void {
  const heads = args.heads, keyHeads = args.keyHeads, headWidth = args.width;
  const stride = <usize> (heads * headWidth) * 4;
  const row = <usize> (b * args.rows + part.first), count = part.count;
  startRows(
    args.query + row * stride, stride, count, first, end, heads, keyHeads, headWidth, args.scale,
    scratch,
  );
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
    const scoreStride = args.scores ? <usize> ((entries + CHUNK - 1) / CHUNK * CHUNK) * 4 : 0;
    const scores = args.scores + b * heads * scoreStride;
    useScores(scoreStride);
    for (let n = 0; n < source.spans; n++) {
      const span = spanAt(source, n), high = min(entries, spanEnd(span, part.position));
      for (let key = spanStart(span, part.position); key < high; key++) {
        if (visible && load<i32>(visible + (key << 2)) == 0) continue;
        const row = <usize> key * keyStride;
        addRow(scoreStride ? scores + scoreOffset(key) : keys + row, values + row);
      }
    }
  }
  const queryMask = args.queryMask;
  for (let q = 0; q < count; q++) {
    const masked = queryMask != 0 && load<i32>(queryMask + (row + q) * 4) == 0;
    finishRows(q, args.y + (row + q) * stride, masked);
  }
}
