/** Sums over rows; see cpu/sum_rows.ts. */
import { SumRowsArguments } from "./arguments";
import { multiplyAdd } from "./tile";
import { share } from "./turns";

/** Columns whose sums stay in the cache. */
const COLUMNS: i32 = 4096;

/** Columns of a cache line. */
const LINE: i32 = 16;

/** Threads share the columns. */
export function sumRows(args: SumRowsArguments, thread: i32, threads: i32, scratch: usize): void {
  const width = args.width, lines = (width + LINE - 1) / LINE;
  const last = min(width, share(lines, thread + 1, threads) * LINE);
  for (let first = share(lines, thread, threads) * LINE; first < last; first += COLUMNS) {
    const columns = min(COLUMNS, last - first);
    const to = args.result + <usize> first * 4;
    memory.fill(to, 0, columns * 4);
    for (let row = 0; row < args.rows; row++) {
      const at = (<usize> row * width + first) * 4;
      addProducts(to, args.x + at, args.y ? args.y + at : 0, columns);
    }
  }
}

/** Adds a row, or its products with another. */
function addProducts(to: usize, x: usize, y: usize, count: i32): void {
  let i: usize = 0;
  const whole = <usize> (count & ~3) * 4, end = <usize> count * 4;
  if (y) {
    for (; i < whole; i += 16) {
      v128.store(to + i, multiplyAdd(v128.load(x + i), v128.load(y + i), v128.load(to + i)));
    }
    for (; i < end; i += 4) {
      store<f32>(to + i, load<f32>(to + i) + load<f32>(x + i) * load<f32>(y + i));
    }
    return;
  }
  for (; i < whole; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(x + i)));
  for (; i < end; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(x + i));
}
