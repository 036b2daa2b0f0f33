/** Attention to listed rows of a cache; see cpu/attend_cached.ts. */
import { AttendCachedArguments } from "./arguments";
import { addRow, areFewQueries, finishRows, headsOfGroup, keepRows, startRows } from "./attend_rows";
import { exponential } from "./exponential";
import { CHUNK, mergeRows, partialBytes, sharersOfChunks } from "./row_chunks";
import { nextTurn } from "./turns";
import { addScaled, dotProduct, fill } from "./vector";

/** Rows that are attended to at a time; a multiple of 4. */
const KEYS: i32 = 512;

/** Widest head. */
const WIDEST_HEAD: i32 = 256;

/** Parts of the scratch memory. */
let query: usize, scores: usize, addresses: usize;

/** Threads take turns at chunks of the rows of queries, or at heads of widths that are rare. */
export function attendCached(
  args: AttendCachedArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const heads = args.heads, width = args.width, queries = args.batch * args.rows;
  if (args.merges) return mergeQueries(args);
  if (areFewQueries(1, width)) {
    const chunks = max(1, args.chunks);
    const sharing = args.chunks > 0 ? sharersOfChunks(queries * chunks, threads) : threads;
    const group = headsOfGroup(1, heads, width, sharing), groups = (heads + group - 1) / group;
    const all = queries * chunks * groups;
    for (let turn = nextTurn(); turn < all; turn = nextTurn()) {
      const first = turn % groups * group;
      attendGroup(args, turn / groups, first, min(heads, first + group), scratch);
    }
    return;
  }
  const all = queries * heads;
  query = scratch;
  scores = query + WIDEST_HEAD * 4;
  addresses = scores + KEYS * 4;
  for (let turn = nextTurn(); turn < all; turn = nextTurn()) attendHead(args, turn / heads, turn % heads);
}

/**
 * Heads `first` to `end` of one query, and a chunk of the rows that it sees, of which sums are kept, or
 * all of them. Chunks begin at the same rows for any number of threads, wherever lists have gaps.
 *
 * @param chunk Its number among those of all queries.
 */
function attendGroup(
  args: AttendCachedArguments, chunk: i32, first: i32, end: i32, scratch: usize,
): void {
  const heads = args.heads, width = args.width, keyHeads = args.keyHeads, listed = args.listed;
  const chunks = args.chunks, row = chunk / max(1, chunks);
  const low = chunks > 0 ? chunk % chunks * CHUNK : 0, high = chunks > 0 ? low + CHUNK : listed;
  const offset = <usize> row * heads * width * 4, stride = <usize> keyHeads * width * 4;
  const start = <usize> (row / args.rows * args.capacity) * stride;
  const keys = args.keys + start, values = args.values + start;
  const seen = args.seen + (<usize> row * listed % max(1, args.indices)) * 4;
  startRows(args.query + offset, 0, 1, first, end, heads, keyHeads, width, args.scale, scratch);
  for (let i = 0, count = 0; i < listed && count < high; i++) {
    const index = load<i32>(seen + (i << 2));
    if (index < 0) continue;
    if (count++ >= low) addRow(keys + <usize> index * stride, values + <usize> index * stride);
  }
  if (chunks > 0) keepRows(args.partials + <usize> chunk * heads * partialBytes(width));
  else finishRows(0, args.y + offset, false);
}

/** Adds up what is known of chunks: threads take turns at heads. */
function mergeQueries(args: AttendCachedArguments): void {
  const heads = args.heads, width = args.width, chunks = args.chunks, one = partialBytes(width);
  const all = args.batch * args.rows * heads;
  for (let turn = nextTurn(); turn < all; turn = nextTurn()) {
    const from = args.partials + <usize> (turn / heads * chunks * heads + turn % heads) * one;
    mergeRows(from, heads * one, chunks, args.y + <usize> turn * width * 4, width);
  }
}

/** One head of one query. */
function attendHead(args: AttendCachedArguments, row: i32, h: i32): void {
  const heads = args.heads, width = args.width, keyHeads = args.keyHeads, listed = args.listed;
  const scale = args.scale, values = args.values;
  const offset = (<usize> row * heads + h) * width * 4;
  const stride = <usize> keyHeads * width * 4;
  const first = <usize> (row / args.rows * args.capacity) * stride;
  const start = first + <usize> (h * keyHeads / heads) * width * 4;
  const keys = args.keys + start;
  const seen = args.seen + (<usize> row * listed % max(1, args.indices)) * 4;
  const from = args.query + offset, to = args.y + offset;
  for (let d = 0; d < width; d++) store<f32>(query + (d << 2), load<f32>(from + (d << 2)) * scale);
  memory.fill(to, 0, width * 4);
  let maximum: f32 = -f32.MAX_VALUE, sum: f32 = 0, isEmpty = true;
  for (let next = 0; next < listed;) {
    let count = 0;
    for (; next < listed && count < KEYS; next++) {
      const index = load<i32>(seen + (next << 2));
      if (index < 0) continue;
      const row = <usize> index * stride;
      store<usize>(addresses + (count << 2), row);
      store<f32>(scores + (count << 2), dotProduct(query, keys + row, width));
      count++;
    }
    if (count == 0) break;
    isEmpty = false;
    const old = maximum;
    for (let k = 0; k < count; k++) {
      const score = load<f32>(scores + (k << 2));
      if (score > maximum) maximum = score; // NaN stays a score
    }
    if (maximum != old) {
      const shrink = f32x4.extract_lane(exponential(f32x4.splat(old - maximum)), 0);
      sum *= shrink;
      for (let d = 0; d < width; d++) store<f32>(to + (d << 2), load<f32>(to + (d << 2)) * shrink);
    }
    for (let k = count; k & 3; k++) store<f32>(scores + (k << 2), -Infinity);
    let sums = f32x4.splat(0);
    for (let k = 0; k < count; k += 4) {
      const at = scores + (k << 2);
      const weights = exponential(f32x4.sub(v128.load(at), f32x4.splat(maximum)));
      v128.store(at, weights);
      sums = f32x4.add(sums, weights);
    }
    sum += f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) +
      f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
    for (let k = 0; k < count; k++) {
      const at = k << 2;
      addScaled(to, load<f32>(scores + at), values + start + load<usize>(addresses + at), width);
    }
  }
  if (isEmpty) return;
  // Scores that are all below the range of float32 have no weights.
  if (sum == 0) return fill(to, NaN, width);
  const factor: f32 = 1 / sum;
  for (let d = 0; d < width; d++) store<f32>(to + (d << 2), load<f32>(to + (d << 2)) * factor);
}
