/** Gradients of attention for one span; see cpu/attend_statistics.ts and its siblings. */
import { AttendGradientArguments, Sweep } from "./arguments";
import { exponential } from "./exponential";
import { nextTurn } from "./turns";
import { addScaled, dotProduct } from "./vector";

/** Keys, or queries, whose scores are computed at a time; a multiple of 4. */
const TILE: i32 = 1024;

/** The call that a thread works on, and parts of its scratch memory. */
let call: AttendGradientArguments = changetype<AttendGradientArguments>(0);
let scores: usize, gradients: usize, places: usize;

/** Threads take turns at rows: of queries, or of keys in a sweep over keys. */
export function attendGradient(
  args: AttendGradientArguments, thread: i32, threads: i32, scratch: usize,
): void {
  call = args;
  scores = scratch;
  gradients = scores + TILE * 4;
  places = gradients + TILE * 4;
  const sweep = args.sweep;
  if (sweep == Sweep.clear) return clear(thread, threads);
  const rows = sweep == Sweep.key ? args.entries : args.count;
  const all = args.batch * rows;
  for (let turn = nextTurn(); turn < all; turn = nextTurn()) {
    const b = turn / rows, i = turn % rows;
    for (let h = 0; h < args.heads; h++) {
      if (sweep == Sweep.key) sweepQueries(b, i, h);
      else if (sweep == Sweep.inner) multiplyRows(b, i, h);
      else sweepKeys(b, i, h);
    }
  }
}

/** Zeros: the gradient by queries, or those by keys and values. */
function clear(thread: i32, threads: i32): void {
  const isQuery = call.second == 0;
  const rows = call.batch * (isQuery ? call.rows : call.keyRows);
  const bytes = <usize> (isQuery ? call.heads : call.keyHeads) * call.width * 4;
  const from = rows * thread / threads, count = rows * (thread + 1) / threads - from;
  memory.fill(call.result + from * bytes, 0, count * bytes);
  if (!isQuery) memory.fill(call.second + from * bytes, 0, count * bytes);
}

/** The number of a head of a query. */
// @ts-ignore: decorator
@inline
function numberOf(b: i32, i: i32, h: i32): usize {
  return <usize> (b * call.rows + call.first + i) * call.heads + h;
}

/** `D`, and that nothing is seen yet. */
function multiplyRows(b: i32, i: i32, h: i32): void {
  const at = numberOf(b, i, h), width = call.width, offset = at * width * 4;
  store<f32>(call.inner + at * 4, dotProduct(call.dy + offset, call.y + offset, width));
  store<f32>(call.logSum + at * 4, -Infinity);
}

/** Bytes from the start of the keys to that of an entry, for a head of the queries. */
// @ts-ignore: decorator
@inline
function keyOffset(b: i32, j: i32, h: i32): usize {
  const head = h * call.keyHeads / call.heads;
  return (<usize> (b * call.keyRows + call.firstEntry + j) * call.keyHeads + head) * call.width * 4;
}

// @ts-ignore: decorator
@inline
function isMasked(b: i32, j: i32, h: i32): bool {
  if (call.mask == 0) return false;
  const list = call.isPerHead ? b * call.heads + h : b;
  return load<i32>(call.mask + (<usize> list * call.entries + j) * 4) == 0;
}

/** The keys that one head of a query sees: statistics, or the gradient by the query. */
function sweepKeys(b: i32, i: i32, h: i32): void {
  const at = numberOf(b, i, h), width = call.width;
  if (call.queryMask && load<i32>(call.queryMask + <usize> (b * call.rows + call.first + i) * 4) == 0) {
    return;
  }
  const isQuery = call.sweep == Sweep.query;
  const logSum = load<f32>(call.logSum + at * 4);
  if (isQuery && logSum == -Infinity) return;
  const position = call.position + i, shift = position / call.block * call.stride;
  let end = min(call.entries, shift + call.end);
  if (call.causal) end = min(end, position + 1);
  const query = call.query + at * width * 4, dy = call.dy + at * width * 4;
  const to = call.result + at * width * 4, inner = load<f32>(call.inner + at * 4);
  for (let next = max(0, shift + call.start); next < end;) {
    let count = 0;
    for (; next < end && count < TILE; next++) {
      if (isMasked(b, next, h)) continue;
      const key = keyOffset(b, next, h);
      store<usize>(places + (count << 2), key);
      store<f32>(scores + (count << 2), call.scale * dotProduct(query, call.keys + key, width));
      if (isQuery) {
        store<f32>(gradients + (count << 2), dotProduct(dy, call.values + key, width) - inner);
      }
      count++;
    }
    if (!isQuery) {
      addScores(at, count);
      continue;
    }
    weigh(count, logSum);
    for (let k = 0; k < count; k++) {
      const weight = load<f32>(scores + (k << 2));
      if (weight == 0) continue; // nothing, of infinity too
      const ds = call.scale * weight * load<f32>(gradients + (k << 2));
      addScaled(to, ds, call.keys + load<usize>(places + (k << 2)), width);
    }
  }
}

/** Adds the exponentials of a tile to those whose logarithm is there. */
function addScores(at: usize, count: i32): void {
  let maximum: f32 = -Infinity;
  for (let k = 0; k < count; k++) maximum = max(maximum, load<f32>(scores + (k << 2)));
  if (maximum == -Infinity) return; // NaN is not
  weigh(count, maximum);
  let sum: f32 = 0;
  for (let k = 0; k < count; k++) sum += load<f32>(scores + (k << 2));
  const old = <f64> load<f32>(call.logSum + at * 4);
  const own = <f64> maximum + NativeMath.log(sum);
  const larger = max(old, own);
  const both = larger + NativeMath.log(NativeMath.exp(old - larger) + NativeMath.exp(own - larger));
  store<f32>(call.logSum + at * 4, <f32> both);
}

/** `exp(s − L)` of a tile of scores, at most 1. */
function weigh(count: i32, logSum: f32): void {
  for (let k = count; k & 3; k++) store<f32>(scores + (k << 2), -Infinity);
  for (let k = 0; k < count; k += 4) {
    const at = scores + (k << 2);
    const exponent = f32x4.sub(v128.load(at), f32x4.splat(logSum));
    v128.store(at, exponential(f32x4.min(exponent, f32x4.splat(0))));
  }
}

/** The queries, of one head, that see a key: the gradients by the key and its value. */
function sweepQueries(b: i32, j: i32, h: i32): void {
  if (isMasked(b, j, h)) return;
  const width = call.width, block = call.block, stride = call.stride;
  let from = 0, after: i32 = i32.MAX_VALUE;
  if (stride > 0) {
    from = (floorOf(j - call.end, stride) + 1) * block;
    after = (floorOf(j - call.start, stride) + 1) * block;
  } else if (j < call.start || j >= call.end) return;
  if (call.causal) from = max(from, j);
  from = max(from, call.position) - call.position;
  after = min(after - call.position, call.count);
  const key = keyOffset(b, j, h), scale = call.scale;
  for (let next = from; next < after;) {
    let count = 0;
    const first = numberOf(b, next, h);
    for (; next < after && count < TILE; next++) {
      const at = numberOf(b, next, h), offset = at * width * 4;
      const logSum = load<f32>(call.logSum + at * 4);
      const score = scale * dotProduct(call.query + offset, call.keys + key, width);
      // −∞ − −∞ is NaN: a query that sees nothing has no weights.
      store<f32>(scores + (count << 2), logSum == -Infinity ? -Infinity : score - logSum);
      const passed = dotProduct(call.dy + offset, call.values + key, width);
      store<f32>(gradients + (count << 2), passed - load<f32>(call.inner + at * 4));
      count++;
    }
    weigh(count, 0);
    for (let k = 0; k < count; k++) {
      const offset = (first + <usize> k * call.heads) * width * 4;
      const weight = load<f32>(scores + (k << 2));
      if (weight == 0) continue;
      const ds = scale * weight * load<f32>(gradients + (k << 2));
      addScaled(call.result + key, ds, call.query + offset, width);
      addScaled(call.second + key, weight, call.dy + offset, width);
    }
  }
}

/** The quotient, rounded down. */
function floorOf(x: i32, divisor: i32): i32 {
  const quotient = x / divisor;
  return x % divisor < 0 ? quotient - 1 : quotient;
}
