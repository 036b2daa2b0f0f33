/**
 * The largest scores of each row; see cpu/top_scores.ts.
 *
 * Scores are compared four at a time with the least one that is kept, which few exceed.
 */
import { TopScoresArguments } from "./arguments";
import { exponential } from "./exponential";
import { nextTurn } from "./turns";

/** Exponentials that are added up in float32. */
const SOME: i32 = 1024;

/** Threads take turns at rows. */
export function topScores(
  args: TopScoresArguments, thread: i32, threads: i32, scratch: usize,
): void {
  const rows = args.rows, columns = args.columns, count = args.count;
  const scores = args.scores, values = args.values, indices = args.indices, logSum = args.logSum;
  for (let row = nextTurn(); row < rows; row = nextTurn()) {
    const x = scores + <usize> row * columns * 4, kept = <usize> row * count * 4;
    keepLargest(x, columns, count, values + kept, indices + kept);
    store<f32>(logSum + (row << 2), logSumOf(x, columns, load<f32>(values + kept)));
  }
}

/** Keeps the largest values in order. */
function keepLargest(x: usize, columns: i32, count: i32, values: usize, indices: usize): void {
  for (let i = 0; i < count; i++) insert(load<f32>(x + (i << 2)), i, i, values, indices);
  const last = values + ((count - 1) << 2);
  let least = load<f32>(last);
  let i = count;
  for (; i + 4 <= columns; i += 4) {
    const four = v128.load(x + (i << 2));
    if (!v128.any_true(f32x4.gt(four, f32x4.splat(least)))) continue;
    for (let j = i; j < i + 4; j++) {
      const value = load<f32>(x + (j << 2));
      if (value > least) {
        insert(value, j, count - 1, values, indices);
        least = load<f32>(last);
      }
    }
  }
  for (; i < columns; i++) {
    const value = load<f32>(x + (i << 2));
    if (value > least) {
      insert(value, i, count - 1, values, indices);
      least = load<f32>(last);
    }
  }
}

/** Inserts a value behind those that are as large, into a list that then has `after + 1`. */
function insert(value: f32, index: i32, after: i32, values: usize, indices: usize): void {
  let at = after;
  for (; at > 0 && load<f32>(values + ((at - 1) << 2)) < value; at--) {
    store<f32>(values + (at << 2), load<f32>(values + ((at - 1) << 2)));
    store<i32>(indices + (at << 2), load<i32>(indices + ((at - 1) << 2)));
  }
  store<f32>(values + (at << 2), value);
  store<i32>(indices + (at << 2), index);
}

/** `log Σ exp(x)`, of which the largest is known; NaN if the row holds NaN. */
function logSumOf(x: usize, columns: i32, top: f32): f32 {
  const most = f32x4.splat(top);
  let sum: f64 = 0;
  let i = 0;
  while (i + 4 <= columns) {
    const end = min(i + SOME, columns & ~3);
    let sums = f32x4.splat(0);
    for (; i < end; i += 4) sums = f32x4.add(sums, exponential(f32x4.sub(v128.load(x + (i << 2)), most)));
    sum += <f64> f32x4.extract_lane(sums, 0) + <f64> f32x4.extract_lane(sums, 1) +
      <f64> f32x4.extract_lane(sums, 2) + <f64> f32x4.extract_lane(sums, 3);
  }
  for (; i < columns; i++) {
    sum += f32x4.extract_lane(exponential(f32x4.splat(load<f32>(x + (i << 2)) - top)), 0);
  }
  return <f32> (<f64> top + NativeMath.log(sum));
}
