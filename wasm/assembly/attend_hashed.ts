/**
 * Attention inside hash buckets; see cpu/attend_hashed.ts.
 *
 * A baseline for comparisons, so a simple kernel: threads take turns at heads.
 */
import { AttendHashedArguments } from "./arguments";
import { bucketOf } from "./bucket";
import { nextTurn, ownNumber } from "./turns";
import { addScaled, dotProduct, fill } from "./vector";

/** Arguments of the call that a thread works on; each thread has a copy of the module. */
let tokens: i32, width: i32, columns: i32, chunk: i32;
/** Bytes from one token's row to the next. */
let stride: usize;
/** Parts of the thread's scratch memory. */
let buckets: usize, factors: usize, sorted: usize, starts: usize, scores: usize;

/** Threads take turns at heads. */
export function attendHashed(args: AttendHashedArguments, thread: i32, threads: i32, scratch: usize): void {
  const batch = args.batch, heads = args.heads;
  tokens = args.tokens;
  width = args.width;
  columns = args.columns;
  chunk = args.chunk;
  stride = <usize> (heads * width) * 4;
  buckets = args.scratch + <usize> ownNumber(thread) * args.scratchBytes;
  factors = buckets + tokens * 4;
  sorted = factors + tokens * 4;
  starts = sorted + tokens * 4;
  scores = starts + (2 * columns + 1) * 4;
  for (let i = nextTurn(); i < batch * heads; i = nextTurn()) {
    const b = i / heads, h = i % heads;
    const head = <usize> (b * tokens * heads + h) * width * 4;
    const query = args.query + head, value = args.value + head;
    const mask = args.mask + <usize> (b * tokens) * 4;
    const matrix = args.projection + <usize> (h * width * columns) * 4;
    const y = args.y + head;
    const visible = sortByBucket(query, mask, matrix);
    for (let t = 0; t < tokens; t++) memory.fill(y + t * stride, 0, width * 4);
    for (let position = 0; position < visible; position++) attendFrom(position, visible, query, value, y);
  }
}

/** Sorts the visible tokens by bucket, by counting. */
function sortByBucket(query: usize, mask: usize, matrix: usize): i32 {
  memory.fill(starts, 0, (2 * columns + 1) * 4);
  let visible = 0;
  for (let t = 0; t < tokens; t++) {
    if (load<i32>(mask + (t << 2)) == 0) continue;
    const q = query + t * stride, bucket = bucketOf<f32>(q, 1, matrix, width, columns);
    const after = starts + ((bucket + 1) << 2);
    store<i32>(buckets + (t << 2), bucket);
    store<f32>(factors + (t << 2), <f32> exactFactor(q));
    store<i32>(after, load<i32>(after) + 1);
    visible++;
  }
  for (let bucket = 1; bucket <= 2 * columns; bucket++) {
    const at = starts + (bucket << 2);
    store<i32>(at, load<i32>(at) + load<i32>(at - 4));
  }
  for (let t = 0; t < tokens; t++) {
    if (load<i32>(mask + (t << 2)) == 0) continue;
    const next = starts + (load<i32>(buckets + (t << 2)) << 2), position = load<i32>(next);
    store<i32>(sorted + (position << 2), t);
    store<i32>(next, position + 1);
  }
  return visible;
}

/** Factors between these belong to queries whose products are float32 numbers. */
const LEAST: f32 = 8.673617379884035e-19; // 2⁻⁶⁰
const MOST: f32 = 1.152921504606847e18; // 2⁶⁰

/** The score of a query with another as a key. */
function scoreOf(q: usize, key: usize, factor: f32, keyFactor: f32): f32 {
  if (min(factor, keyFactor) > LEAST && max(factor, keyFactor) < MOST) {
    return dotProduct(q, key, width) * keyFactor;
  }
  let product: f64 = 0;
  for (let d = 0; d < width; d++) {
    product += <f64> load<f32>(q + (d << 2)) * <f64> load<f32>(key + (d << 2));
  }
  return <f32> (product * exactFactor(key));
}

/** `1/(|q|·√width)`: the factor that turns products with this query as a key into scores. */
function exactFactor(q: usize): f64 {
  let sum: f64 = 0;
  for (let d = 0; d < width; d++) {
    const value = <f64> load<f32>(q + (d << 2));
    sum += value * value;
  }
  return 1 / ((sum == 0 ? 1 : sqrt<f64>(sum)) * sqrt<f64>(<f64> width));
}

/** Computes the row of the token at a sorted position. */
function attendFrom(position: i32, visible: i32, query: usize, value: usize, y: usize): void {
  const t = tokenAt(position), bucket = load<i32>(buckets + (t << 2));
  const start = max(0, (position / chunk - 1) * chunk);
  const end = min(visible, (position / chunk + 1) * chunk);
  const q = query + t * stride, factor = load<f32>(factors + (t << 2));
  let top: f32 = -Infinity;
  let isAlone = true;
  for (let j = start; j < end; j++) {
    const other = tokenAt(j);
    if (other == t || load<i32>(buckets + (other << 2)) != bucket) continue;
    const score = scoreOf(q, query + other * stride, factor, load<f32>(factors + (other << 2)));
    store<f32>(scores + ((j - start) << 2), score);
    top = max(top, score);
    isAlone = false;
  }
  const to = y + t * stride;
  if (isAlone) {
    memory.copy(to, value + t * stride, width * 4);
    if (!(factor > 0)) fill(to, NaN, width); // the query is not finite
    return;
  }
  let sum: f64 = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (let j = start; j < end; j++) {
      const other = tokenAt(j);
      if (other == t || load<i32>(buckets + (other << 2)) != bucket) continue;
      const weight = NativeMath.exp(<f64> (load<f32>(scores + ((j - start) << 2)) - top));
      if (pass == 0) sum += weight;
      else addScaled(to, <f32> (weight / sum), value + other * stride, width);
    }
  }
}

// @ts-ignore: decorator
@inline
function tokenAt(position: i32): i32 {
  return load<i32>(sorted + (position << 2));
}
